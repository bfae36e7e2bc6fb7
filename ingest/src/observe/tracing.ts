import { context, trace } from "@opentelemetry/api";

/**
 * Sends the spans of ingest to an OTLP/HTTP collector; without an endpoint nothing is loaded. A
 * collector that is away costs spans, never a message: 2,048 wait, further ones are dropped. Disposing
 * sends what waits, at most 2 s.
 */
export async function startTracing(endpoint: string | undefined): Promise<AsyncDisposable> {
  if (endpoint === undefined) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const [sdk, exporters, hooks, resources] = await Promise.all([
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/context-async-hooks"),
    import("@opentelemetry/resources"),
  ]);
  const exporter = new exporters.OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    timeoutMillis: exportMsMax,
  });
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      "service.namespace": "millwright",
      "service.name": "millwright-ingest",
    }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: batchMs })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  return {
    [Symbol.asyncDispose]: async () => {
      await provider.forceFlush({ timeoutMillis: exportMsMax }).catch(() => undefined);
      await provider.shutdown().catch(() => undefined);
    },
  };
}

// Ingest stops within 10 s, and its data go first.
const exportMsMax = 2_000;
const batchMs = 1_000;
