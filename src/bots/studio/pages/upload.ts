import type { ApiUpload } from "../api-types.ts";
import { Refused } from "./api.ts";
import { readError, readUpload } from "./read.ts";

/**
 * Sends a file and tells how far it is (0 to 1). By `XMLHttpRequest`: `fetch` does not tell.
 *
 * @throws Refused when the server said no, another error when it gave no answer.
 */
export function uploadFile(
  file: Blob,
  role: "picture" | "mask",
  onProgress: (part: number) => void,
  signal?: AbortSignal,
): Promise<ApiUpload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = () => reject(new Error("no answer"));
    request.open("POST", `/api/ai/references?role=${role}`);
    request.setRequestHeader(
      "Content-Type",
      file.type.startsWith("image/") ? file.type : "application/octet-stream",
    );
    request.upload.addEventListener("progress", ({ loaded, total }) =>
      onProgress(total > 0 ? loaded / total : 0),
    );
    request.addEventListener("load", () => {
      try {
        const answer: unknown = JSON.parse(request.responseText);
        if (request.status === 201) resolve(readUpload(answer));
        else reject(new Refused(request.status, readError(answer)));
      } catch {
        fail();
      }
    });
    request.addEventListener("error", fail);
    request.addEventListener("abort", fail);
    request.addEventListener("timeout", fail);
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
