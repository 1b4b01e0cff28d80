import type { Aspect, GenerateRequest, MediaKind } from "../../../core/ports/generator.ts";
import { type KieBody, type KieModel, offer } from "./family.ts";

/** A model of the jobs API as its documentation describes it. To add one, add a row to `JOB_ROWS`. */
export interface JobRow {
  /** What members type. */
  readonly id: string;
  readonly label: string;
  readonly kind: MediaKind;
  /** KIE's own id; two where a request with pictures goes to another model. */
  readonly model: string | { readonly text: string; readonly pictures: string };
  /** The fields that carry the pictures: one list of up to `max`, or one field for each in this order. */
  readonly pictures:
    | { readonly list: string; readonly max: number }
    | { readonly fields: readonly [string, ...string[]] };
  readonly aspects: readonly [Aspect, ...Aspect[]];
  /** What `aspect_ratio` says beside pictures, if not what was asked for; null: it is left out. */
  readonly ratioWithPictures?: string | null;
  /** All other fields, everything that changes price, length or format among them. */
  readonly fixed: KieBody;
  /** In characters. */
  readonly promptLimit: number;
  /** The model takes `@name` for the name of a picture that is not there, and refuses the prompt. */
  readonly namesByAt?: true;
  readonly pictureMaxBytes?: number;
  /** For one result with `fixed`; null: nobody says. */
  readonly credits: number | null;
  readonly typicalMs: number;
}

const MB = 1024 * 1024;
const SQUARE_FIRST: readonly [Aspect, ...Aspect[]] = [
  "1:1",
  "3:2",
  "2:3",
  "4:3",
  "3:4",
  "4:5",
  "5:4",
  "16:9",
  "9:16",
  "21:9",
];
const SEEDREAM: readonly [Aspect, ...Aspect[]] = ["1:1", "4:3", "3:4", "16:9", "9:16", "2:3", "3:2", "21:9"];

/** Ids, fields and limits: docs.kie.ai/market, 2026-08. Credits: the price page of each model, read 2026-09. */
export const JOB_ROWS: readonly JobRow[] = [
  {
    id: "kie-gpt-image-2",
    label: "KIE GPT Image 2",
    kind: "image",
    model: { text: "gpt-image-2-text-to-image", pictures: "gpt-image-2-image-to-image" },
    pictures: { list: "input_urls", max: 16 },
    aspects: SQUARE_FIRST,
    // 2K and 4K do not take every ratio.
    fixed: { resolution: "1K" },
    promptLimit: 20_000,
    // kie.ai/gpt-image-2
    credits: 6,
    typicalMs: 50_000,
  },
  {
    id: "kie-nano-banana-2",
    label: "KIE Nano Banana 2",
    kind: "image",
    model: "nano-banana-2",
    pictures: { list: "image_input", max: 14 },
    aspects: SQUARE_FIRST,
    fixed: { resolution: "1K", output_format: "png" },
    promptLimit: 20_000,
    // kie.ai/nano-banana-2
    credits: 8,
    typicalMs: 40_000,
  },
  {
    id: "kie-nano-banana-2-lite",
    label: "KIE Nano Banana 2 Lite",
    kind: "image",
    model: "nano-banana-2-lite",
    pictures: { list: "image_urls", max: 10 },
    aspects: SQUARE_FIRST,
    fixed: {},
    promptLimit: 20_000,
    // kie.ai/nano-banana-2-lite
    credits: 4,
    typicalMs: 20_000,
  },
  {
    id: "kie-nano-banana-pro",
    label: "KIE Nano Banana Pro",
    kind: "image",
    model: "nano-banana-pro",
    pictures: { list: "image_input", max: 8 },
    aspects: SQUARE_FIRST,
    // 1K costs the same. As PNG a picture of this size is more than chats show.
    fixed: { resolution: "2K", output_format: "jpg" },
    promptLimit: 10_000,
    // kie.ai/nano-banana-pro
    credits: 18,
    typicalMs: 60_000,
  },
  {
    id: "kie-seedream-5",
    label: "KIE Seedream 5 Pro",
    kind: "image",
    model: { text: "seedream/5-pro-text-to-image", pictures: "seedream/5-pro-image-to-image" },
    pictures: { list: "image_urls", max: 10 },
    aspects: SEEDREAM,
    // Basic is 1K. Without its check the model's results come unfiltered.
    fixed: { quality: "basic", output_format: "png", nsfw_checker: true },
    promptLimit: 5_000,
    // kie.ai/seedream-5-0-pro; half a credit more for each picture after the first
    credits: 7,
    typicalMs: 60_000,
  },
  {
    id: "kie-seedream-5-lite",
    label: "KIE Seedream 5 Lite",
    kind: "image",
    model: { text: "seedream/5-lite-text-to-image", pictures: "seedream/5-lite-image-to-image" },
    pictures: { list: "image_urls", max: 14 },
    aspects: SEEDREAM,
    // Basic is 2K here; every quality costs the same.
    fixed: { quality: "basic", output_format: "png", nsfw_checker: true },
    promptLimit: 5_000,
    // kie.ai/seedream5-0-lite
    credits: 5.5,
    typicalMs: 60_000,
  },
  {
    id: "kie-flux-2",
    label: "KIE Flux 2 Pro",
    kind: "image",
    model: { text: "flux-2/pro-text-to-image", pictures: "flux-2/pro-image-to-image" },
    pictures: { list: "input_urls", max: 8 },
    aspects: ["1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3"],
    fixed: { resolution: "1K", nsfw_checker: true },
    promptLimit: 5_000,
    pictureMaxBytes: 10 * MB,
    // kie.ai/flux-2
    credits: 5,
    typicalMs: 40_000,
  },
  {
    id: "kie-kling-3",
    label: "KIE Kling 3.0",
    kind: "video",
    model: "kling-3.0/video",
    // The first and the last picture of the film, which takes its shape from them.
    pictures: { list: "image_urls", max: 2 },
    aspects: ["16:9", "9:16", "1:1"],
    ratioWithPictures: null,
    fixed: { duration: "5", mode: "std", sound: false, multi_shots: false, multi_prompt: [] },
    // Not published by KIE; the maker's own limit.
    promptLimit: 2_500,
    namesByAt: true,
    pictureMaxBytes: 10 * MB,
    // kie.ai/kling-3-0: 14 a second in std without sound
    credits: 70,
    typicalMs: 180_000,
  },
  {
    id: "kie-seedance-2-5",
    label: "KIE Seedance 2.5",
    kind: "video",
    model: "bytedance/seedance-2-5",
    pictures: { fields: ["first_frame_url", "last_frame_url"] },
    aspects: ["16:9", "9:16", "1:1", "4:3", "3:4", "21:9"],
    ratioWithPictures: "adaptive",
    fixed: {
      duration: 5,
      resolution: "720p",
      generate_audio: true,
      output_format: "mp4",
      nsfw_checker: true,
    },
    promptLimit: 30_000,
    namesByAt: true,
    // kie.ai/seedance-2-5: 63 a second in 720p
    credits: 315,
    typicalMs: 240_000,
  },
];

function picturesOf({ pictures }: JobRow, links: readonly string[]): KieBody {
  if (links.length === 0) return {};
  if ("list" in pictures) return { [pictures.list]: links };
  const named = pictures.fields.map((field, index) => [field, links[index]] as const);
  return Object.fromEntries(named.filter(([, link]) => link !== undefined));
}

function ratioOf(row: JobRow, request: GenerateRequest, hasPictures: boolean): KieBody {
  const own = hasPictures ? row.ratioWithPictures : undefined;
  if (own === null) return {};
  return { aspect_ratio: own ?? request.aspect };
}

function toModel(row: JobRow): KieModel {
  const { model, pictures, credits } = row;
  const maxReferences = "list" in pictures ? pictures.max : pictures.fields.length;
  return {
    api: "jobs",
    credits,
    promptLimit: row.promptLimit,
    offer: offer({
      id: row.id,
      label: row.label,
      kind: row.kind,
      aspects: row.aspects,
      maxReferences,
      credits,
      typicalMs: row.typicalMs,
    }),
    ...(row.pictureMaxBytes === undefined ? {} : { pictureMaxBytes: row.pictureMaxBytes }),
    body(request, links) {
      const hasPictures = links.length > 0;
      const prompt = row.namesByAt ? request.prompt.replaceAll(/@(?=[\p{L}\p{N}_])/gu, "") : request.prompt;
      return {
        model: typeof model === "string" ? model : hasPictures ? model.pictures : model.text,
        input: {
          prompt,
          ...ratioOf(row, request, hasPictures),
          ...row.fixed,
          ...picturesOf(row, links),
        },
      };
    },
  };
}

export const JOB_MODELS: readonly KieModel[] = JOB_ROWS.map(toModel);
