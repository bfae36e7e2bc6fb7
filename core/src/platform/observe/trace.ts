import {
  type Attributes,
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";

/**
 * Spans of this process. Everything here costs next to nothing until `startTracing` registered an
 * exporter: the API's own no-op tracer answers, and no statement or event is touched.
 */
const tracer = () => trace.getTracer("millwright");

export type SpanOptions = { kind?: SpanKind; attributes?: Attributes; links?: Link[] };

/** Runs `work` as a child of the span that is active, or of `parent`; a throw marks the span. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions & { parent?: Context },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { parent = context.active(), ...spanOptions } = options;
  return tracer().startActiveSpan(name, spanOptions, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        // The class says enough here; the message, which may hold a value, stands in the log.
        message: error instanceof Error ? error.name : "Error",
      });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Whether somebody records what happens here and now. */
export function isRecording(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

/** The active span as W3C Trace Context, level 1, 3.2 writes it; null when nobody records. */
export function traceparent(): string | null {
  const span = trace.getActiveSpan();
  if (span?.isRecording() !== true) return null;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** A context whose active span is the one that was written down; the root when it is not readable. */
export function contextOf(written: string | null | undefined): Context {
  const parsed = parse(written);
  return parsed === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parsed);
}

/** Ids for a log line, so that it is found from the trace and back; nothing outside of a span. */
export function traceIds(): { traceId?: string; spanId?: string } {
  const span = trace.getActiveSpan();
  if (span?.isRecording() !== true) return {};
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

/**
 * Runs the effect of a batch of events as part of the traces that caused them. Events of one trace
 * continue it. A batch of several traces is one span of its own that links to each, and each trace
 * gets a span that says where its effect happened (OpenTelemetry messaging conventions, batches).
 */
export async function inTraceOfEvents<T>(
  subscription: string,
  events: readonly { trace: string | null }[],
  work: () => Promise<T>,
): Promise<T> {
  const causes = new Map<string, Context>();
  for (const event of events) {
    const parsed = parse(event.trace);
    if (parsed !== null && !causes.has(parsed.traceId) && causes.size < causesMax) {
      causes.set(parsed.traceId, contextOf(event.trace));
    }
  }
  if (causes.size === 0) return work();
  const name = `effect ${subscription}`;
  const attributes = { "messaging.batch.message_count": events.length };
  const [only] = causes.values();
  if (causes.size === 1 && only !== undefined) {
    const options = { kind: SpanKind.CONSUMER, attributes, parent: only };
    return inSpan(name, options, work);
  }
  const links = [...causes.values()].flatMap(linkTo);
  const parent = ROOT_CONTEXT;
  return inSpan(name, { kind: SpanKind.CONSUMER, attributes, links, parent }, async (batch) => {
    const here = [{ context: batch.spanContext() }];
    const spans = [...causes.values()].map((cause) =>
      tracer().startSpan(name, { kind: SpanKind.CONSUMER, links: here }, cause),
    );
    try {
      return await work();
    } finally {
      for (const span of spans) span.end();
    }
  });
}

// A batch has at most 200 events; more links than this nobody follows.
const causesMax = 50;

function linkTo(cause: Context): Link[] {
  const spanContext = trace.getSpanContext(cause);
  return spanContext === undefined ? [] : [{ context: spanContext }];
}

function parse(written: string | null | undefined) {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(written ?? "");
  const [, traceId, spanId, flags] = match ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return { traceId, spanId, traceFlags, isRemote: true };
}
