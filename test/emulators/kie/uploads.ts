import { problemsOf, routeBodies } from "./check-request.ts";
import type { KieExchange } from "./host.ts";
import type { RecordAnswer } from "./records.ts";
import type { KieUpload } from "./types.ts";

type UploadAnswer = RecordAnswer & { readonly success: boolean };

/** What was handed in, before it is kept. */
export interface Incoming {
  readonly problems: readonly string[];
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly uploadPath: string;
  readonly fileName: string | undefined;
}

async function readForm(exchange: KieExchange): Promise<Incoming> {
  const type = exchange.headers["content-type"] ?? "";
  const nothing = { bytes: Buffer.alloc(0), contentType: "", uploadPath: "", fileName: undefined };
  let form: FormData;
  try {
    const body = new Uint8Array(exchange.bodyBytes);
    form = await new Response(body, { headers: { "content-type": type } }).formData();
  } catch {
    return { ...nothing, problems: ["body is not a form"] };
  }
  const file = form.get("file");
  const fields: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === "string") fields[name] = value;
  const problems = problemsOf(routeBodies["stream upload"], fields);
  if (!(file instanceof File)) problems.push("file: is missing");
  const bytes = file instanceof File ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0);
  return {
    problems,
    bytes,
    contentType: file instanceof File ? file.type : "",
    uploadPath: fields["uploadPath"] ?? "",
    fileName: fields["fileName"],
  };
}

function readBase64(exchange: KieExchange): Incoming {
  let body: unknown;
  try {
    body = JSON.parse(exchange.bodyText);
  } catch {
    body = undefined;
  }
  const problems = problemsOf(routeBodies.upload, body);
  const field = (name: string): unknown =>
    typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  const [, contentType = "application/octet-stream", base64 = ""] =
    /^(?:data:([^;]+);base64,)?(.*)$/s.exec(String(field("base64Data"))) ?? [];
  const fileName = field("fileName");
  return {
    problems,
    bytes: Buffer.from(base64, "base64"),
    contentType,
    uploadPath: String(field("uploadPath")),
    fileName: typeof fileName === "string" ? fileName : undefined,
  };
}

/** The files that were uploaded, by the link that was given for them. */
export function createKieUploads(options: { now: () => number; origin: () => string }) {
  const kept = new Map<string, KieUpload>();
  return {
    kept,
    read: (exchange: KieExchange, route: string): Promise<Incoming> | Incoming =>
      route.endsWith("/api/file-stream-upload") ? readForm(exchange) : readBase64(exchange),
    /** The answer as it was recorded, or a refusal. */
    keep(incoming: Incoming, key: string): UploadAnswer {
      const { problems, bytes, contentType, uploadPath } = incoming;
      if (problems.length > 0) return { success: false, code: 400, msg: problems.join("; "), data: null };
      const fileName = incoming.fileName ?? `${kept.size}.bin`;
      const path = `/kieai/1/${uploadPath}/${fileName}`;
      const url = options.origin() + path;
      kept.set(path, { at: options.now(), url, path, fileName, uploadPath, bytes, contentType, key });
      const data = {
        success: true,
        fileName,
        filePath: path.slice(1),
        downloadUrl: url,
        fileSize: bytes.length,
        mimeType: contentType,
        uploadedAt: new Date(options.now()).toISOString(),
      };
      return { success: true, code: 200, msg: "File uploaded successfully", data };
    },
    knows: (url: string): boolean => [...kept.values()].some((upload) => upload.url === url),
  };
}
