/** More than a service has to say. */
export const SMALL_BODY_BYTES = 256 * 1024;
/** For the body to arrive whole. */
const BODY_TIMEOUT_MS = 10_000;

/** So many bodies are read at once; who comes then is refused, and comes again. */
const MOST_AT_ONCE = 64;

/** Reads the bodies of services that call in: within a limit for each, and for all of them together. */
export interface SmallBodies {
  /** Null: too large, cut, too slow, or too many at once. */
  read(request: Request): Promise<Uint8Array | null>;
}

export function createSmallBodies(): SmallBodies {
  let reading = 0;
  return {
    async read(request) {
      if (reading >= MOST_AT_ONCE) return null;
      reading += 1;
      try {
        return await bodyOf(request);
      } finally {
        reading -= 1;
      }
    },
  };
}

async function bodyOf(request: Request): Promise<Uint8Array | null> {
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
      if (sizeBytes > SMALL_BODY_BYTES) break;
      chunks.push(value);
    }
  } catch {
    return null;
  } finally {
    clearTimeout(late);
  }
  return isWhole ? Buffer.concat(chunks, sizeBytes) : null;
}
