import type {
  ApiAsset,
  ApiAssetPage,
  ApiAssetReference,
  ApiNearest,
  ApiOptions,
  ApiProblem,
  ApiProvider,
  ApiQuota,
  ApiUpload,
} from "../api-types.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Reads what the server sent into its shapes; something else is a mistake of ours and throws. */
function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown): Fields {
  if (!isFields(value)) throw new TypeError("the server sent something else");
  return value;
}

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new TypeError(`no text ${name}`);
  return value;
}

export function amount(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number") throw new TypeError(`no number ${name}`);
  return value;
}

export const textOrNull = (fields: Fields, name: string) =>
  typeof fields[name] === "string" ? text(fields, name) : null;
export const amountOrNull = (fields: Fields, name: string) =>
  typeof fields[name] === "number" ? amount(fields, name) : null;

export function list<Item>(value: unknown, read: (item: unknown) => Item): Item[] {
  if (!Array.isArray(value)) throw new TypeError("no list");
  return value.map((item: unknown) => read(item));
}

export const word = (value: unknown): string => (typeof value === "string" ? value : "");
export const kind = (value: unknown): "image" | "video" => (value === "video" ? "video" : "image");

export function readAsset(value: unknown): ApiAsset {
  const fields = fieldsOf(value);
  const status = fields["status"];
  const optional: Record<string, string | number> = {};
  for (const name of [
    "resultUrl",
    "errorMessage",
    "statusText",
    "downloadUrl",
    "note",
    "requestedProviderLabel",
  ]) {
    const found = textOrNull(fields, name);
    if (found !== null) optional[name] = found;
  }
  for (const name of ["width", "height", "durationMs"]) {
    const found = amountOrNull(fields, name);
    if (found !== null) optional[name] = found;
  }
  return {
    id: text(fields, "id"),
    provider: text(fields, "provider"),
    type: kind(fields["type"]),
    prompt: text(fields, "prompt"),
    status: status === "ready" || status === "error" ? status : "processing",
    createdAt: text(fields, "createdAt"),
    receipt: text(fields, "receipt"),
    batchId: text(fields, "batchId"),
    providerLabel: text(fields, "providerLabel"),
    aspect: text(fields, "aspect"),
    style: textOrNull(fields, "style"),
    progress: amountOrNull(fields, "progress"),
    favourite: fields["favourite"] === true,
    cancelled: fields["cancelled"] === true,
    references: list(fields["references"], readReference),
    ...optional,
  };
}

function readReference(value: unknown): ApiAssetReference {
  const fields = fieldsOf(value);
  return { url: text(fields, "url"), role: fields["role"] === "mask" ? "mask" : "picture" };
}

export function readUpload(value: unknown): ApiUpload {
  const fields = fieldsOf(value);
  return {
    id: text(fields, "id"),
    width: amount(fields, "width"),
    height: amount(fields, "height"),
    url: text(fields, "url"),
  };
}

export function readAssetPage(value: unknown): ApiAssetPage {
  const fields = fieldsOf(value);
  return {
    assets: list(fields["assets"], readAsset),
    page: amount(fields, "page"),
    pages: amount(fields, "pages"),
    total: amount(fields, "total"),
  };
}

/** The assets that a request started: the whole batch, or the one. */
export function readStarted(value: unknown): ApiAsset[] {
  const fields = fieldsOf(value);
  return fields["assets"] === undefined ? [readAsset(value)] : list(fields["assets"], readAsset);
}

function readProvider(value: unknown): ApiProvider {
  const fields = fieldsOf(value);
  const state = fields["state"];
  return {
    id: text(fields, "id"),
    label: text(fields, "label"),
    type: kind(fields["type"]),
    aspects: list(fields["aspects"], word),
    takesReference: fields["takesReference"] === true,
    maxReferences: amount(fields, "maxReferences"),
    takesMask: fields["takesMask"] === true,
    isUp: fields["isUp"] === true,
    state: state === "resting" || state === "set-aside" ? state : "up",
    credits: amountOrNull(fields, "credits"),
    isSketch: fields["isSketch"] === true,
    typicalSeconds: amount(fields, "typicalSeconds"),
  };
}

function readQuota(value: unknown): ApiQuota {
  const fields = fieldsOf(value);
  return {
    used: amount(fields, "used"),
    limit: amountOrNull(fields, "limit"),
    grants: amount(fields, "grants"),
    left: amountOrNull(fields, "left"),
    resetsAt: text(fields, "resetsAt"),
  };
}

export function readOptions(value: unknown): ApiOptions {
  const fields = fieldsOf(value);
  const member = fieldsOf(fields["member"]);
  const prompt = fieldsOf(fields["prompt"]);
  const defaults = fieldsOf(fields["defaults"]);
  return {
    requestKey: text(fields, "requestKey"),
    member: { name: text(member, "name"), signedIn: member["signedIn"] === true },
    prompt: {
      minimum: amount(prompt, "minimum"),
      editMinimum: amount(prompt, "editMinimum"),
      maximum: amount(prompt, "maximum"),
    },
    maximumCount: amount(fields, "maximumCount"),
    uploadBytes: amount(fields, "uploadBytes"),
    providers: list(fields["providers"], readProvider),
    styles: list(fields["styles"], word),
    defaults: {
      type: kind(defaults["type"]),
      imageProvider: textOrNull(defaults, "imageProvider"),
      videoProvider: textOrNull(defaults, "videoProvider"),
      aspect: textOrNull(defaults, "aspect"),
      style: textOrNull(defaults, "style"),
    },
    quota: readQuota(fields["quota"]),
    captions: readCaptions(fieldsOf(fields["captions"])),
  };
}

const readCaptions = (fields: Fields): ApiOptions["captions"] => ({
  isWritten: fields["isWritten"] === true,
  languages: list(fields["languages"], (item) => {
    const one = fieldsOf(item);
    return { tag: text(one, "tag"), name: text(one, "name") };
  }),
});

export interface ServerError {
  readonly error: string;
  /** In words for people. */
  readonly message: string;
  readonly details: readonly ApiProblem[];
  /** What could be made instead. */
  readonly nearest: ApiNearest | null;
  readonly left: number | null;
  readonly resetsAt: string | null;
}

export function readError(value: unknown): ServerError {
  const fields = isFields(value) ? value : {};
  const details = fields["details"];
  const error = word(fields["error"]) || "Something went wrong";
  return {
    error,
    message: word(fields["message"]) || (typeof details === "string" ? `${error}. ${details}` : error),
    details: Array.isArray(details)
      ? details.map((item: unknown) => {
          const detail = fieldsOf(item);
          return { path: word(detail["path"]), message: word(detail["message"]) };
        })
      : [],
    nearest: isFields(fields["nearest"]) ? readNearest(fields["nearest"]) : null,
    left: amountOrNull(fields, "left"),
    resetsAt: textOrNull(fields, "resetsAt"),
  };
}

function readNearest(fields: Fields): ApiNearest {
  return {
    type: kind(fields["type"]),
    provider: text(fields, "provider"),
    label: text(fields, "label"),
    aspect: text(fields, "aspect"),
    style: textOrNull(fields, "style"),
    count: amount(fields, "count"),
    keepsReferences: fields["keepsReferences"] === true,
  };
}
