/** More than a service has to say. */
export const SMALL_BODY_BYTES = 256 * 1024;
/** For the body to arrive whole. */
const BODY_TIMEOUT_MS = 10_000;

/** So much of unfinished bodies is held at once; who sends more then is refused, and comes again. */
const HELD_BYTES = 16 * 1024 * 1024;

/** Reads the bodies of services that call in: within a limit for each, and for all of them together. */
export interface SmallBodies {
  /** Null: too large, cut, too slow, or too much at once. */
  read(request: Request): Promise<Uint8Array | null>;
}

/** What has come in counts, not who is connected: many who send nothing keep nobody else away. */
export function createSmallBodies(mostBytes: number = HELD_BYTES): SmallBodies {
  let heldBytes = 0;
  return {
    async read(request) {
      let ownBytes = 0;
      const body = await bodyOf(request, (sizeBytes) => {
        ownBytes += sizeBytes;
        heldBytes += sizeBytes;
        return heldBytes <= mostBytes;
      });
      heldBytes -= ownBytes;
      return body;
    },
  };
}

/** `hold`: whether so much more may be held. Never throws. */
async function bodyOf(request: Request, hold: (sizeBytes: number) => boolean): Promise<Uint8Array | null> {
  if (Number(request.headers.get("content-length") ?? 0) > SMALL_BODY_BYTES) return null;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = request.body?.getReader();
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    void reader?.cancel().catch(() => undefined);
  }, BODY_TIMEOUT_MS);
  let isWhole = false;
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) {
        isWhole = !isLate;
        break;
      }
      sizeBytes += value.length;
      if (!hold(value.length) || sizeBytes > SMALL_BODY_BYTES) break;
      chunks.push(value);
    }
  } catch {
    return null;
  } finally {
    clearTimeout(late);
  }
  return isWhole ? Buffer.concat(chunks, sizeBytes) : null;
}
