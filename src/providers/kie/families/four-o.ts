import { type KieFamily, type KieModel, offer } from "./family.ts";
import { pollRecord } from "./record.ts";

/** KIE's 4o Image API. Source: docs.kie.ai/4o-image-api, schema of 2026-08. */
export const fourO: KieFamily = {
  createPath: "/api/v1/gpt4o-image/generate",
  poll: (task) => pollRecord(task, "/api/v1/gpt4o-image/record-info"),
  freshLink: (taskId, url) => ({ path: "/api/v1/gpt4o-image/download-url", body: { taskId, url } }),
};

/** 6 credits an image: kie.ai/4o-image-api, read 2026-09. */
const CREDITS = 6;

export const FOUR_O_MODELS: readonly KieModel[] = [
  {
    api: "4o",
    credits: CREDITS,
    promptLimit: null,
    offer: offer({
      id: "kie-4o-image",
      label: "KIE 4o Image",
      kind: "image",
      aspects: ["1:1", "3:2", "2:3"],
      maxReferences: 5,
      credits: CREDITS,
      typicalMs: 60_000,
    }),
    body: (request, references) => ({
      prompt: request.prompt,
      size: request.aspect,
      ...(references.length === 0 ? {} : { filesUrl: references }),
    }),
  },
];
