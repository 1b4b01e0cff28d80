import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type HealthFacts, reportHealth } from "./health.ts";

/** Figures for Prometheus. No label names a member, a chat or a prompt. */
export interface Metrics {
  readonly contentType: string;
  countRequest(area: string, status: number): void;
  print(): Promise<string>;
}

export function createMetrics(health: () => Promise<HealthFacts>, now: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "easel_http_requests_total",
    help: "Requests to the web server by area and class of the answer",
    labelNames: ["area", "status"],
    registers,
  });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const assets = gauge("easel_assets", "Media assets by state", ["state"]);
  const oldestJob = gauge("easel_oldest_job_seconds", "Age of the oldest unfinished asset, 0 for none");
  const waiting = gauge("easel_deliveries_waiting", "Messages that are owed to chats");
  const oldestDelivery = gauge(
    "easel_oldest_delivery_seconds",
    "Age of the oldest message that is owed, 0 for none",
  );
  const platforms = gauge("easel_platform_up", "1: the platform is connected", ["platform"]);

  return {
    contentType: registry.contentType,
    countRequest: (area, status) => requests.inc({ area, status: `${Math.floor(status / 100)}xx` }),
    async print() {
      const facts = await health();
      const report = reportHealth(facts, now());
      assets.reset();
      for (const [state, count] of Object.entries(facts.generation.states)) assets.set({ state }, count);
      oldestJob.set(report.oldestJobSeconds ?? 0);
      waiting.set(report.waitingDeliveries);
      oldestDelivery.set(report.oldestDeliverySeconds ?? 0);
      for (const [platform, { up }] of Object.entries(facts.platforms))
        platforms.set({ platform }, up ? 1 : 0);
      return registry.metrics();
    },
  };
}
