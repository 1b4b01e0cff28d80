/** Faults that a test asks for: the next requests that match go wrong in a chosen way. */
import type { RecordedRequest } from "./request-reader.ts";

export type FaultAction =
  | { kind: "answer"; status: number; json?: unknown; html?: string; headers?: Record<string, string> }
  | { kind: "rate-limit"; retryAfterSeconds: number; global?: boolean }
  /** The connection closes and nothing happened. */
  | { kind: "cut-before" }
  /** Everything happened, but the answer never arrives. */
  | { kind: "cut-after" }
  /** Only `delayMs` counts. */
  | { kind: "delay" };

export interface FaultRule {
  method?: string;
  /** Compared with the path after `/api/v10`: a text that it contains, or an expression. */
  path?: string | RegExp;
  /** How many matching requests go wrong; 1 by default. */
  times?: number;
  /** How many matching requests pass first. */
  skip?: number;
  /** Waited before anything else is done, in real milliseconds. */
  delayMs?: number;
  do: FaultAction;
}

export interface Fault {
  readonly hits: number;
  cancel(): void;
}

export function createFaults() {
  const rules: { rule: FaultRule; skip: number; left: number; hits: number }[] = [];

  function add(rule: FaultRule): Fault {
    const entry = { rule, skip: rule.skip ?? 0, left: rule.times ?? 1, hits: 0 };
    rules.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      cancel() {
        entry.left = 0;
      },
    };
  }

  /** The fault that this request meets; using it up counts. */
  function match(request: RecordedRequest): FaultRule | undefined {
    for (const entry of rules) {
      const { rule } = entry;
      if (entry.left === 0) continue;
      if (rule.method !== undefined && rule.method !== request.method) continue;
      if (typeof rule.path === "string" && !request.path.includes(rule.path)) continue;
      if (rule.path instanceof RegExp && !rule.path.test(request.path)) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.left -= 1;
      entry.hits += 1;
      return rule;
    }
    return undefined;
  }

  return { add, match };
}
