/** More than a service has to say. */
export const SMALL_BODY_BYTES = 256 * 1024;
/** For the body to arrive whole. */
const BODY_TIMEOUT_MS = 10_000;

/** Null: too large, cut, or too slow. */
export async function bodyOf(request: Request): Promise<Uint8Array | null> {
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
