import type { PollResult } from "../../../core/ports/generator.ts";
import { type KieRecord, sharperSchema } from "../schema.ts";
import { commonFreshLink, done, type KieFamily, type KieModel, type KieTask, offer } from "./family.ts";
import { pollRecord } from "./record.ts";

/**
 * How long after its create a film is waited for in 1080p: it is made within about 5 minutes, its larger version
 * within 3 more. Afterwards the film as it is goes out, which is better than none.
 */
const SHARPER_WITHIN_MS = 10 * 60_000;

/** The larger version of a film that came out smaller than it was asked for. */
async function sharper(task: KieTask, record: KieRecord, result: PollResult): Promise<PollResult> {
  const { client, operation, ageMs, signal } = task;
  if (operation.resolution === undefined || result.status !== "done") return result;
  if (record.response?.resolution?.toLowerCase() === operation.resolution) return result;
  const query = { taskId: operation.taskId, index: "0" };
  const answer = await client.get("/api/v1/veo/get-1080p-video", query, signal);
  if (answer.kind === "code" && answer.code === 200) {
    const link = sharperSchema.safeParse(answer.data);
    if (link.success) return done([link.data.resultUrl]);
  }
  // Not ready is one of several codes other than 200, and so is what will never be.
  return ageMs < SHARPER_WITHIN_MS ? { status: "pending" } : result;
}

/** KIE's Veo 3.1 API. Source: docs.kie.ai/veo3-api, schema of 2026-08. */
export const veo: KieFamily = {
  createPath: "/api/v1/veo/generate",
  poll: (task) =>
    pollRecord(task, "/api/v1/veo/record-info", (record, result) => sharper(task, record, result)),
  freshLink: commonFreshLink,
};

/** Credits for 8 seconds: kie.ai/veo-3-1, read 2026-09. */
const ROWS = [
  ["kie-veo3", "KIE Veo 3.1", "veo3_fast", "720p", 60, 150_000],
  ["kie-veo3-1080p", "KIE Veo 3.1 1080p", "veo3_fast", "1080p", 65, 240_000],
  ["kie-veo3-quality", "KIE Veo 3.1 Quality", "veo3", "1080p", 255, 300_000],
  ["kie-veo3-lite", "KIE Veo 3.1 Lite", "veo3_lite", "720p", 30, 120_000],
] as const;

export const VEO_MODELS: readonly KieModel[] = ROWS.map(
  ([id, label, model, resolution, credits, typicalMs]): KieModel => ({
    api: "veo",
    credits,
    promptLimit: null,
    offer: offer({
      id,
      label,
      kind: "video",
      aspects: ["16:9", "9:16"],
      maxReferences: 2,
      credits,
      typicalMs,
    }),
    ...(resolution === "1080p" ? { resolution } : {}),
    // Everything that has two documented defaults, or could change price or length, is said explicitly. One picture
    // is where the film begins, two are where it begins and ends.
    body: (request, references) => ({
      prompt: request.prompt,
      model,
      generationType: references.length === 0 ? "TEXT_2_VIDEO" : "FIRST_AND_LAST_FRAMES_2_VIDEO",
      ...(references.length === 0 ? {} : { imageUrls: references }),
      aspect_ratio: request.aspect,
      resolution,
      duration: 8,
      enableTranslation: true,
    }),
  }),
);
