import { describe, expect, it } from "vitest";
import { createProblems } from "../../../test/emulators/kie/check-request.ts";
import type { KieFamily } from "../../../test/emulators/kie/types.ts";
import { ASPECTS, type GenerateRequest, type ReferenceImage } from "../../core/ports/generator.ts";
import type { KieModel } from "./families/family.ts";
import { JOB_ROWS } from "./families/jobs-models.ts";
import { KIE_MODELS } from "./models.ts";
import type { KieApi } from "./schema.ts";

const FAMILIES: Readonly<Record<KieApi, KieFamily>> = {
  "4o": "4o-image",
  flux: "flux-kontext",
  veo: "veo",
  jobs: "jobs",
};

const picture = (width = 1_200, height = 800): ReferenceImage => ({
  bytes: new Uint8Array(8),
  contentType: "image/png",
  width,
  height,
});

function requestOf(model: KieModel, extra: Partial<GenerateRequest> = {}): GenerateRequest {
  const { id, kind, aspects } = model.offer;
  const prompt = "Ask @ada, and mail fox@snow.test: a red fox";
  return {
    model: id,
    kind,
    prompt,
    aspect: aspects[0],
    style: null,
    seed: 1,
    references: [],
    mask: null,
    ...extra,
  };
}

function bodyOf(id: string, links: readonly string[] = [], extra: Partial<GenerateRequest> = {}) {
  const model = KIE_MODELS.find(({ offer }) => offer.id === id);
  if (!model) throw new Error(`no model ${id}`);
  const references = links.map(() => picture());
  return model.body(requestOf(model, { references, ...extra }), links);
}

const linksOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `https://tempfile.redpandaai.co/easel/${index}.png`);

const rows = KIE_MODELS.map((model) => [model.offer.id, model] as const);

describe("the table of KIE's models", () => {
  it.each(rows)("%s says what core needs to know", (id, { offer, credits, promptLimit }) => {
    expect(id).toMatch(/^kie-[a-z0-9-]{2,18}$/);
    expect(offer.aspects.every((aspect) => ASPECTS.includes(aspect))).toBe(true);
    expect(offer.maxReferences).toBeGreaterThan(0);
    expect(offer.maxReferences).toBeLessThanOrEqual(16);
    expect({ ...offer, takesMask: false, paid: true, repeatable: false, sketch: false }).toEqual(offer);
    expect(offer.startTimeoutMs).toBe(120_000);
    expect(offer.costDollars).toBeCloseTo((credits ?? 0) * 0.005, 9);
    expect(credits).toBeGreaterThan(0);
    expect(promptLimit ?? 2_500).toBeGreaterThanOrEqual(2_500);
  });

  it.each(rows)("%s is asked as documented in every aspect, without pictures and with all", (_id, model) => {
    for (const count of [0, 1, model.offer.maxReferences]) {
      for (const aspect of model.offer.aspects) {
        const references = linksOf(count).map(() => picture());
        const body = model.body(requestOf(model, { aspect, references }), linksOf(count));
        const problems = createProblems(FAMILIES[model.api], { ...body });
        expect(problems, `${count} pictures, ${aspect}`).toEqual([]);
        for (const link of linksOf(count)) expect(JSON.stringify(body)).toContain(link);
      }
    }
  });

  it.each(JOB_ROWS.map((row) => [row.id, row] as const))("%s has one row, and no more", (id, { fixed }) => {
    expect(JOB_ROWS.filter((row) => row.id === id)).toHaveLength(1);
    expect(Object.keys(fixed)).not.toContain("prompt");
  });
});

describe("what is asked of KIE's models", () => {
  it.each([
    ["kie-gpt-image-2", "gpt-image-2-text-to-image", "gpt-image-2-image-to-image", "input_urls"],
    ["kie-nano-banana-2", "nano-banana-2", "nano-banana-2", "image_input"],
    ["kie-nano-banana-2-lite", "nano-banana-2-lite", "nano-banana-2-lite", "image_urls"],
    ["kie-nano-banana-pro", "nano-banana-pro", "nano-banana-pro", "image_input"],
    ["kie-seedream-5", "seedream/5-pro-text-to-image", "seedream/5-pro-image-to-image", "image_urls"],
    ["kie-seedream-5-lite", "seedream/5-lite-text-to-image", "seedream/5-lite-image-to-image", "image_urls"],
    ["kie-flux-2", "flux-2/pro-text-to-image", "flux-2/pro-image-to-image", "input_urls"],
    ["kie-kling-3", "kling-3.0/video", "kling-3.0/video", "image_urls"],
  ])("%s goes to %s, with pictures to %s in %s", (id, text, pictures, field) => {
    expect(bodyOf(id)).toMatchObject({ model: text });
    expect(bodyOf(id, ["https://x.test/a.png"])).toMatchObject({
      model: pictures,
      input: { [field]: ["https://x.test/a.png"] },
    });
  });

  it("Seedance takes the first and the last picture, one field each, and its shape from them", () => {
    expect(bodyOf("kie-seedance-2-5", ["https://x.test/a.png", "https://x.test/b.png"])).toMatchObject({
      input: {
        first_frame_url: "https://x.test/a.png",
        last_frame_url: "https://x.test/b.png",
        aspect_ratio: "adaptive",
      },
    });
    expect(bodyOf("kie-seedance-2-5", [], { aspect: "9:16" })).toMatchObject({
      input: { aspect_ratio: "9:16", duration: 5 },
    });
  });

  it("Kling is told the length as text, and no ratio beside a picture", () => {
    expect(bodyOf("kie-kling-3")).toMatchObject({ input: { duration: "5", aspect_ratio: "16:9" } });
    expect(bodyOf("kie-kling-3", ["https://x.test/a.png"])).not.toHaveProperty("input.aspect_ratio");
  });

  it.each(["kie-kling-3", "kie-seedance-2-5"])("%s reads no name of a picture into a prompt", (id) => {
    expect(bodyOf(id)).toMatchObject({ input: { prompt: "Ask ada, and mail foxsnow.test: a red fox" } });
  });

  it("Veo is told what its pictures are", () => {
    expect(bodyOf("kie-veo3")).toMatchObject({ generationType: "TEXT_2_VIDEO", resolution: "720p" });
    expect(bodyOf("kie-veo3")).not.toHaveProperty("imageUrls");
    for (const links of [linksOf(1), linksOf(2)]) {
      expect(bodyOf("kie-veo3-1080p", links)).toMatchObject({
        generationType: "FIRST_AND_LAST_FRAMES_2_VIDEO",
        imageUrls: links,
        resolution: "1080p",
        model: "veo3_fast",
      });
    }
    expect([bodyOf("kie-veo3-quality")["model"], bodyOf("kie-veo3-lite")["model"]]).toEqual([
      "veo3",
      "veo3_lite",
    ]);
  });

  it.each([
    [1_200, 900, "4:3", false],
    [1_200, 900, "1:1", true],
    [1_000, 1_000, "1:1", false],
    [2_048, 700, "21:9", false],
    [1_900, 1_080, "16:9", false],
    [1_900, 1_080, "9:16", true],
  ] as const)(
    "Flux keeps the shape of a picture of %i by %i for %s: ratio sent %s",
    (width, height, aspect, isSent) => {
      const references = [picture(width, height)];
      const body = bodyOf("kie-flux-kontext", ["https://x.test/a.png"], { aspect, references });
      expect(body["aspectRatio"]).toBe(isSent ? aspect : undefined);
      expect(body).toMatchObject({ inputImage: "https://x.test/a.png", safetyTolerance: 2 });
    },
  );
});
