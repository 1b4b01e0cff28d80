import { AppError } from "../core/errors.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Ids } from "../core/ports/ids.ts";
import type { OpenedMediaStore } from "./module.ts";

/** Between the tries where the store is away and may come back: it may be starting too. Each try has tries of its own. */
const PAUSES_MS = [2_000, 5_000, 10_000];

/**
 * Puts a small file, reads it back and removes it, before anything is paid for that could not be kept.
 *
 * @throws AppError INPUT_INVALID with a sentence for the operator: what was tried, which settings to look at.
 */
export async function tryMediaStore(
  { store, place }: Pick<OpenedMediaStore, "store" | "place">,
  settings: readonly string[],
  { ids, clock }: { readonly ids: Pick<Ids, "create" | "digest">; readonly clock: Pick<Clock, "sleep"> },
): Promise<void> {
  // An upload by its name: where this process ends in between, it is swept away like one.
  const folder = ids.create("upl");
  const key = `${folder}/${ids.digest(folder)}.png`;
  for (const pauseMs of [...PAUSES_MS, null]) {
    try {
      await store.put(key, new TextEncoder().encode(folder), "image/png");
      const read = await store.read(key);
      await store.remove(folder);
      if (read !== null && new TextDecoder().decode(read) === folder) return;
      throw unusable("a file that was put there is not there");
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "STORE_UNAVAILABLE") throw error;
      if (pauseMs === null || !mayPass(error)) throw unusable(whyOf(error), error);
      await clock.sleep(pauseMs);
    }
  }

  function unusable(why: string, cause?: Error): AppError {
    const message = `media cannot be stored in ${place} (${why}): check ${settings.join(", ")}`;
    return new AppError("INPUT_INVALID", message, { cause });
  }
}

/** Nobody answered, or not now; a refusal stays one, and so does a folder that cannot be written. */
function mayPass({ context: { status } }: AppError): boolean {
  return typeof status === "number" && (status === 0 || status === 429 || status >= 500);
}

/** `put: 403 SignatureDoesNotMatch`, `EACCES`: the service's or the system's own word for it. */
function whyOf({ context, cause }: AppError): string {
  const { operation, status, reason } = context;
  if (operation !== undefined) return `${operation}: ${status || ""} ${reason}`.replace("  ", " ");
  return cause instanceof Error && "code" in cause ? String(cause.code) : "not available";
}
