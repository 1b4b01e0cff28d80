import { setTimeout as delay } from "node:timers/promises";
import type { ZernioExchange } from "./host.ts";
import { refusal, type ZernioAnswer } from "./post-routes.ts";
import type { ZernioCall, ZernioFault } from "./types.ts";

const errorPage = (status: number): string =>
  `<html><head><title>${status}</title></head><body>${status}</body></html>`;

/** What goes wrong on the wire, in the order in which it was arranged. */
export function createZernioFaults(closing: AbortSignal) {
  const faults: { fault: ZernioFault; left: number }[] = [];

  function take(on: ZernioCall): ZernioFault | undefined {
    const found = faults.find(({ fault, left }) => left > 0 && (fault.on === on || fault.on === "any"));
    if (!found) return undefined;
    found.left -= 1;
    return found.fault;
  }

  /** Does what the fault says to one request; what it gives is still to be answered, null is not. */
  async function disturb(
    fault: ZernioFault,
    exchange: ZernioExchange,
    answer: () => Promise<ZernioAnswer>,
  ): Promise<ZernioAnswer | null> {
    const breaks = fault.cut || fault.hang || fault.truncate || fault.html !== undefined;
    const replaces = fault.status !== undefined || fault.hugeBytes !== undefined;
    if (fault.delayMs !== undefined) await delay(fault.delayMs);
    const result = fault.after || fault.truncate || !(breaks || replaces) ? await answer() : null;
    if (fault.cut) {
      exchange.cut();
      return null;
    }
    if (fault.hang) {
      await new Promise((resolve) => closing.addEventListener("abort", resolve));
      exchange.cut();
      return null;
    }
    if (fault.truncate) {
      exchange.truncate(result?.status ?? 200, "application/json", Buffer.from(JSON.stringify(result?.body)));
      return null;
    }
    if (fault.html !== undefined) {
      exchange.send(fault.html, "text/html; charset=UTF-8", errorPage(fault.html));
      return null;
    }
    if (fault.hugeBytes !== undefined)
      return {
        status: fault.status ?? result?.status ?? 200,
        body: { filling: "x".repeat(fault.hugeBytes) },
      };
    if (fault.status !== undefined) {
      const { body, headers } = { ...refusal(fault.status, `error ${fault.status}`), ...fault };
      return { status: fault.status, body, ...(headers ? { headers: { ...headers } } : {}) };
    }
    return result;
  }

  return {
    take,
    disturb,
    add: (fault: ZernioFault): void => void faults.push({ fault, left: fault.times ?? 1 }),
    clear: (): void => void faults.splice(0),
  };
}
