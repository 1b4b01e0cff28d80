import type { Failure, ReferenceImage } from "../../core/ports/generator.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Secret } from "../../core/secret.ts";
import type { Http } from "../shared/http.ts";
import { answerOf } from "./client.ts";
import { uploadFailure } from "./errors.ts";
import { uploadedSchema } from "./schema.ts";

export type Uploaded =
  | { readonly status: "uploaded"; readonly links: readonly string[] }
  | { readonly status: "failed"; readonly failure: Failure };

/** Puts our own copies where KIE can fetch them, since it takes links only. They live there for a day. */
export interface KieUploads {
  /** A few at a time, the links in their order; after the first failure no other begins. */
  put(images: readonly ReferenceImage[], signal: AbortSignal): Promise<Uploaded>;
}

/** Without a slash at either end, as the documentation asks. */
const UPLOAD_PATH = "easel";
const TIMEOUT_MS = 60_000;
const MAX_BYTES = 256 * 1024;
/** Each one under way is held once more, as the form around it. */
const AT_ONCE = 3;

/** A form with one file and two fields (RFC 7578). */
function formOf(image: ReferenceImage, fileName: string, boundary: string): Uint8Array {
  const field = (name: string, value: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head =
    field("uploadPath", UPLOAD_PATH) +
    field("fileName", fileName) +
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${fileName}"\r\n` +
    `content-type: ${image.contentType}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), image.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

export function createKieUploads(deps: {
  readonly http: Http;
  readonly uploadUrl: string;
  readonly key: Secret;
  readonly ids: Pick<Ids, "token">;
}): KieUploads {
  const { http, uploadUrl, key, ids } = deps;

  async function putOne(image: ReferenceImage, signal: AbortSignal): Promise<string | Failure> {
    // Whoever knows the name can read the file, and the same name again would replace it.
    const fileName = `${ids.token()}.${image.contentType === "image/png" ? "png" : "jpg"}`;
    const boundary = `easel-${ids.token()}`;
    const result = await http.call({
      method: "POST",
      url: `${uploadUrl}/api/file-stream-upload`,
      headers: { authorization: `Bearer ${key.reveal()}` },
      content: {
        type: `multipart/form-data; boundary=${boundary}`,
        bytes: formOf(image, fileName, boundary),
      },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      once: true,
      signal,
    });
    const answer = answerOf(result);
    if (answer.kind !== "code" || answer.code !== 200) return uploadFailure(answer);
    const uploaded = uploadedSchema.safeParse(answer.data);
    if (uploaded.success) return uploaded.data;
    return { kind: "transient", code: "PROVIDER_BAD_ANSWER", detail: "kie upload without a link" };
  }

  return {
    async put(images, signal) {
      const links: string[] = [];
      let failure: Failure | undefined;
      const waiting = images.entries();
      const worker = async (): Promise<void> => {
        for (const [index, image] of waiting) {
          const result = await putOne(image, signal);
          if (typeof result === "string") links[index] = result;
          else failure ??= result;
          if (failure !== undefined) return;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      return failure === undefined ? { status: "uploaded", links } : { status: "failed", failure };
    },
  };
}
