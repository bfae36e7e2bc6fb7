import { type Attributes, SpanStatusCode, trace } from "@opentelemetry/api";

/**
 * Runs `work` as a span, a child of the active one. Without an exporter (`startTracing`) the API's
 * no-op tracer makes this a plain call.
 */
export async function inSpan<T>(
  name: string,
  options: { attributes?: Attributes; startTime?: number },
  work: () => Promise<T>,
): Promise<T> {
  return trace.getTracer("millwright").startActiveSpan(name, options, async (span) => {
    try {
      return await work();
    } catch (error) {
      const message = error instanceof Error ? error.name : "Error";
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The active span as W3C Trace Context writes it, for events; null when nobody records. */
export function traceparent(): string | null {
  const span = trace.getActiveSpan();
  if (span?.isRecording() !== true) return null;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
