import { context, diag, DiagLogLevel, trace } from "@opentelemetry/api";

import type { Log } from "./log.ts";

/**
 * Sends the spans of this process to an OTLP/HTTP collector. Without an endpoint nothing is loaded and
 * nothing is recorded. Disposing it sends what waits, at most 5 s. A collector that is away costs
 * spans, never a request: 2,048 wait, further ones are dropped.
 */
export async function startTracing(options: {
  process: string;
  version: string;
  /** OTEL_EXPORTER_OTLP_ENDPOINT, such as http://127.0.0.1:4318. */
  endpoint: string | undefined;
  log: Log;
}): Promise<AsyncDisposable> {
  const { endpoint, log } = options;
  if (endpoint === undefined) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const [sdk, exporters, hooks, resources] = await Promise.all([
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/context-async-hooks"),
    import("@opentelemetry/resources"),
  ]);
  const warn = (message: string) => log.warn({ endpoint }, `traces: ${message}`);
  const logger = { error: warn, warn, info: () => {}, debug: () => {}, verbose: () => {} };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporter = new exporters.OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    timeoutMillis: exportMsMax,
  });
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      "service.namespace": "millwright",
      "service.name": `millwright-${options.process}`,
      "service.version": options.version,
    }),
    // Who calls with a trace of their own decides whether it is recorded.
    sampler: new sdk.ParentBasedSampler({ root: new sdk.AlwaysOnSampler() }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: batchMs })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  return {
    [Symbol.asyncDispose]: async () => {
      await provider.forceFlush({ timeoutMillis: exportMsMax }).catch(() => undefined);
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
      diag.disable();
    },
  };
}

const exportMsMax = 5_000;
const batchMs = 1_000;
