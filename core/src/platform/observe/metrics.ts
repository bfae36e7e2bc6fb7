import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What `/metrics` shows of one process; one registry per process, so that tests do not share one. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestSeconds: new Histogram({
      name: "millwright_http_request_duration_seconds",
      help: "Time from request to response headers",
      labelNames: ["method", "route", "status"],
      // 5 ms is a cached read, 10 s is where a person has given up.
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers: [registry],
    }),
    liveClients: new Gauge({
      name: "millwright_live_clients",
      help: "Open SSE streams",
      registers: [registry],
    }),
    liveResyncs: new Counter({
      name: "millwright_live_resyncs_total",
      help: "Times a client had to read its pages again",
      labelNames: ["reason"],
      registers: [registry],
    }),
    eventsHandled: new Counter({
      name: "millwright_events_handled_total",
      help: "Events digested by an exclusive subscription",
      labelNames: ["subscription"],
      registers: [registry],
    }),
    eventsParked: new Counter({
      name: "millwright_events_parked_total",
      help: "Events a subscription could not digest, see platform.parked_event",
      labelNames: ["subscription"],
      registers: [registry],
    }),
    jobSeconds: new Histogram({
      name: "millwright_job_duration_seconds",
      help: "One try of a job, by what became of it",
      labelNames: ["job", "outcome"],
      // 10 ms is a statement, an hour the longest report.
      buckets: [0.01, 0.1, 1, 10, 60, 600, 3600],
      registers: [registry],
    }),
    webhookDeliveries: new Counter({
      name: "millwright_webhook_deliveries_total",
      help: "Tries to deliver an event to a webhook, by what became of them",
      labelNames: ["outcome"],
      registers: [registry],
    }),
    subscriptionPosition: new Gauge({
      name: "millwright_subscription_position",
      help: "Cursor of an exclusive subscription in the event log",
      labelNames: ["subscription"],
      registers: [registry],
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
