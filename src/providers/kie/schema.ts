import { z } from "zod";

/**
 * What is read of KIE's answers: as little as possible, and every variant that its documentation or its
 * recorded traffic shows. Types that disagree with both become "not there", never an exception.
 */
const integer = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*-?\d+\s*$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);

export const envelopeSchema = z.object({
  code: z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number),
  ]),
  msg: z.string().nullish().catch(null),
  data: z.unknown(),
});

export const createdSchema = z.object({ taskId: z.string().trim().min(1).max(200) });

/** More links than any task has results. */
const MAX_LINKS = 16;

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string" || !value.trim().startsWith("[")) return [value];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/** Links as a list, as one string, or as the JSON text of a list. Anything that is no link is left out. */
function linksOf(value: unknown): string[] {
  return listOf(value)
    .filter((entry) => typeof entry === "string")
    .map((text) => text.trim())
    .filter((text) => /^https?:/i.test(text) && URL.canParse(text))
    .slice(0, MAX_LINKS);
}

const links = z.unknown().transform(linksOf);

/**
 * Where a record keeps its links: `resultUrls` (reference), `result_urls` (quick start), one `resultImageUrl` (Flux,
 * whose `originImageUrl` dies after ten minutes and is not read). `originUrls` is what Veo made before it fitted
 * the film to a ratio other than 16:9: read only where there is nothing else.
 */
const response = z
  .object({
    resultUrls: links.optional(),
    result_urls: links.optional(),
    resultImageUrl: links.optional(),
    originUrls: links.optional(),
    resolution: z.string().nullish().catch(null),
  })
  .transform(({ resultUrls = [], result_urls = [], resultImageUrl = [], originUrls = [], resolution }) => {
    const urls = [...new Set([...resultUrls, ...result_urls, ...resultImageUrl])];
    return { urls: urls.length > 0 ? urls : originUrls, resolution: resolution ?? null };
  })
  .nullish()
  .catch(null);

const progress = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d+(?:\.\d+)?\s*$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);

/** The record of a 4o, Flux or Veo task. `status` is missing in some examples, `progress` on Flux and Veo. */
export const recordSchema = z.object({
  successFlag: integer,
  status: z.string().nullish().catch(null),
  errorCode: integer,
  errorMessage: z.string().nullish().catch(null),
  response,
  progress,
});

export type KieRecord = z.output<typeof recordSchema>;

/** Text that is JSON as what it says, anything else as it is; undefined where it is cut or empty. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** `resultJson` is JSON inside a string, empty until the job has ended; newer answers repeat it parsed, as `response`. */
const jobResult = z
  .unknown()
  .transform(unwrapped)
  .pipe(z.object({ resultUrls: links }).transform(({ resultUrls }) => resultUrls))
  .catch([]);

/** The record of a job. `failCode` is a string in recorded traffic and a number in examples. */
export const jobSchema = z.object({
  state: z.string().nullish().catch(null),
  resultJson: jobResult.optional(),
  response: jobResult.optional(),
  failCode: integer,
  failMsg: z.string().nullish().catch(null),
  progress,
});

export type KieJob = z.output<typeof jobSchema>;

/** `data` of both download-url routes is the link itself. */
export const freshLinkSchema = z.url({ protocol: /^https?$/ });

/** The answer of get-1080p-video. */
export const sharperSchema = z.object({ resultUrl: freshLinkSchema });

/** What an upload became. The documentation's example names `fileUrl`, recorded traffic `downloadUrl`. */
export const uploadedSchema = z
  .object({
    downloadUrl: freshLinkSchema.nullish().catch(null),
    fileUrl: freshLinkSchema.nullish().catch(null),
  })
  .transform(({ downloadUrl, fileUrl }) => downloadUrl ?? fileUrl)
  .pipe(z.string());

/** What is left on the account; fractions are real (5916.25). */
export const creditSchema = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*-?\d+(?:\.\d+)?\s*$/)
    .transform(Number),
]);

/** What a task id of KIE can be where somebody else names it. */
export const taskIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/);

/** Where a callback names its task: payloads say `data.taskId`, the documentation's sample code `data.task_id`. */
export const callbackSchema = z
  .object({
    data: z.object({ taskId: z.unknown().optional(), task_id: z.unknown().optional() }).nullish().catch(null),
    taskId: z.unknown().optional(),
    task_id: z.unknown().optional(),
  })
  .transform(({ data, taskId, task_id }) => data?.taskId ?? data?.task_id ?? taskId ?? task_id);

export const KIE_APIS = ["4o", "flux", "veo", "jobs"] as const;

/** KIE's API families. Each has its own create and status route and its own shape of a task. */
export type KieApi = (typeof KIE_APIS)[number];

/** What `start` stores and `poll` reads back. */
export const operationSchema = z.object({
  api: z.enum(KIE_APIS),
  taskId: z.string().min(1),
  /** When the task was made, in milliseconds: a task may be invisible for its first moments. */
  startedAt: z.number(),
  /** Which version of the film is wanted, where the first one may be smaller. */
  resolution: z.literal("1080p").optional(),
});

export type KieOperation = z.output<typeof operationSchema>;
