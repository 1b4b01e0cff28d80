import { describe, expect, it } from "vitest";
import type { Generator, GeneratorModel } from "../ports/generator.ts";
import { NO_SETTINGS } from "../usage/user.ts";
import { choose } from "./choose.ts";
import { createOffers } from "./offers.ts";

const model = (facts: Pick<GeneratorModel, "id" | "kind"> & Partial<GeneratorModel>): GeneratorModel => ({
  label: facts.id,
  aspects: ["1:1", "3:2"],
  maxReferences: 0,
  takesMask: false,
  costDollars: null,
  paid: true,
  repeatable: false,
  typicalMs: 1_000,
  startTimeoutMs: 60_000,
  sketch: false,
  ...facts,
});
const generator = (...models: GeneratorModel[]): Generator => ({
  models,
  budget: { creates: { count: 1, perMs: 1 }, reads: { count: 1, perMs: 1 }, concurrency: 1 },
  resultHosts: { suffixes: [], trustedOrigins: [] },
  start: () => Promise.reject(new Error("not called")),
  poll: () => Promise.reject(new Error("not called")),
});
const sketch = generator(
  model({ id: "sketch", kind: "image", sketch: true }),
  model({ id: "sketch", kind: "video", sketch: true }),
);
const kie = generator(
  model({ id: "kie-4o-image", kind: "image" }),
  model({ id: "kie-veo3", kind: "video", aspects: ["16:9", "9:16"] }),
);
const prompt = "a red fox in the snow";

describe("choosing what is made", () => {
  it("takes sketch only where nothing else makes that kind", () => {
    expect(choose({ prompt }, NO_SETTINGS, createOffers([sketch]))).toMatchObject({
      choice: { model: { id: "sketch" } },
    });
    expect(choose({ prompt }, NO_SETTINGS, createOffers([sketch, kie]))).toMatchObject({
      choice: { model: { id: "kie-4o-image" }, kind: "image", aspect: "1:1", count: 1 },
    });
  });

  it("puts what was said before the member's default before the instance's", () => {
    const offers = createOffers([sketch, kie]);
    const settings = { ...NO_SETTINGS, kind: "video", aspect: "9:16", imageProvider: "sketch" } as const;
    expect(choose({ prompt }, settings, offers)).toMatchObject({
      choice: { model: { id: "kie-veo3" }, aspect: "9:16" },
    });
    expect(choose({ prompt, kind: "image" }, settings, offers)).toMatchObject({
      choice: { model: { id: "sketch" }, aspect: "1:1" },
    });
    expect(
      choose({ prompt, kind: "image", provider: "kie-4o-image", aspect: "3:2" }, settings, offers),
    ).toMatchObject({
      choice: { model: { id: "kie-4o-image" }, aspect: "3:2" },
    });
  });

  it("understands the kind from a provider that makes only one", () => {
    expect(choose({ prompt, provider: "kie-veo3" }, NO_SETTINGS, createOffers([sketch, kie]))).toMatchObject({
      choice: { kind: "video" },
    });
  });

  it("names everything that is wrong at once", () => {
    const wish = {
      prompt: "fox",
      count: 9,
      style: "cubist",
      provider: "kie-veo3",
      kind: "image",
      referenceUrl: "https://a.test/b",
    };
    const result = choose(wish, NO_SETTINGS, createOffers([sketch, kie]));
    expect(result.status === "invalid" && result.problems.map((problem) => problem.message)).toEqual([
      "prompt-too-short",
      "count-invalid",
      "style-unknown",
      "provider-wrong-kind",
    ]);
  });

  it("refuses an aspect and a reference that the provider does not take", () => {
    const wish = { prompt, aspect: "21:9", referenceUrl: "https://a.test/b" };
    const result = choose(wish, NO_SETTINGS, createOffers([kie]));
    expect(result.status === "invalid" && result.problems.map((problem) => problem.field)).toEqual([
      "aspect",
      "referenceImageUrl",
    ]);
  });

  it("says so where nothing makes that kind", () => {
    const images = createOffers([generator(model({ id: "gemini-flash", kind: "image" }))]);
    expect(choose({ prompt, kind: "video" }, NO_SETTINGS, images)).toEqual({
      status: "nothing-offered",
      kind: "video",
    });
  });
});
