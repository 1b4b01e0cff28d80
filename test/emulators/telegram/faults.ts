/** What the next matching calls meet instead of, or before, the server. */
export type FaultAnswer =
  | { readonly kind: "flood"; readonly retryAfterSeconds: number }
  | { readonly kind: "status"; readonly status: number; readonly description?: string }
  | { readonly kind: "html"; readonly status: number }
  /** The connection dies; nothing was done. */
  | { readonly kind: "cut-before" }
  /** Everything was done; the answer is lost. A download breaks off in the middle. */
  | { readonly kind: "cut-after" }
  | { readonly kind: "delay"; readonly delayMs: number }
  /** Downloads only: leads elsewhere. */
  | { readonly kind: "redirect"; readonly location: string }
  /** Downloads only: so many bytes that were never announced. */
  | { readonly kind: "bloated"; readonly sizeBytes: number };

export interface FaultRule {
  /** Any method when absent. A trailing `*` matches the rest: `send*`. Downloads of files go by the name `file`. */
  readonly method?: string;
  readonly chat?: number;
  /** Calls it applies to; 1 when absent. */
  readonly times?: number;
  /** Matching calls that pass first; 0 when absent. */
  readonly after?: number;
  readonly answer: FaultAnswer;
}

export interface Faults {
  add(rule: FaultRule): void;
  next(method: string, chat: number | undefined): FaultAnswer | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let rules: { rule: FaultRule; skip: number; left: number }[] = [];
  return {
    add(rule) {
      rules.push({ rule, skip: rule.after ?? 0, left: rule.times ?? 1 });
    },
    clear() {
      rules = [];
    },
    next(method, chat) {
      const match = rules.find(
        ({ rule }) => matches(rule.method, method) && (rule.chat === undefined || rule.chat === chat),
      );
      if (match === undefined) return undefined;
      if (match.skip > 0) {
        match.skip -= 1;
        return undefined;
      }
      match.left -= 1;
      if (match.left <= 0) rules = rules.filter((candidate) => candidate !== match);
      return match.rule.answer;
    },
  };
}

function matches(pattern: string | undefined, method: string): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith("*") ? method.startsWith(pattern.slice(0, -1)) : pattern === method;
}
