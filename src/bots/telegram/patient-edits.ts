import type { Clock } from "../../core/ports/clock.ts";
import type { Calls } from "./calls.ts";
import type { Failure } from "./errors.ts";
import type { Attempt } from "./post.ts";

/** A click is worth waiting so long for; after that what it changed comes as a message of its own. */
const PATIENCE_MS = 60_000;
/** After a lost answer or a lost connection. */
const AGAIN_MS = 1_000;

type Edits = Pick<Calls, "editText" | "editCaption" | "editFile">;

/**
 * Edits that insist: a click changes its message past the outbox, whose pace it does not count in, so the server may
 * ask for a pause. A second message with the same buttons would be worse than a short wait. An edit may be repeated.
 */
export function createPatientEdits(calls: Edits, clock: Clock, stopping: AbortSignal): Edits {
  async function insist(edit: () => Promise<Attempt<unknown>>): Promise<Attempt<unknown>> {
    const until = clock.monotonicMs() + PATIENCE_MS;
    for (;;) {
      const edited = await edit();
      const pauseMs = edited.ok ? null : pauseAfter(edited.failure);
      if (pauseMs === null || stopping.aborted || clock.monotonicMs() + pauseMs > until) return edited;
      await clock.sleep(pauseMs, stopping);
    }
  }

  return {
    editText: (...given) => insist(() => calls.editText(...given)),
    editCaption: (...given) => insist(() => calls.editCaption(...given)),
    editFile: (...given) => insist(() => calls.editFile(...given)),
  };
}

/** Null: waiting does not help. */
function pauseAfter(failure: Failure): number | null {
  if (failure.kind === "flood") return failure.afterMs;
  return failure.kind === "not-done" || failure.kind === "no-answer" ? AGAIN_MS : null;
}
