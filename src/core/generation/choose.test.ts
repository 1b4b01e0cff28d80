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
  serviceName: "Test",
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
    const wish = {
      prompt,
      aspect: "21:9",
      provider: "kie-4o-image",
      references: [{ kind: "url", role: "picture", url: "https://a.test/b" }],
    } as const;
    const result = choose(wish, NO_SETTINGS, createOffers([kie]));
    expect(result.status === "invalid" && result.problems.map((problem) => problem.field)).toEqual([
      "referenceImageUrl",
      "aspect",
    ]);
  });

  describe("from pictures", () => {
    const picture = { kind: "url", role: "picture", url: "https://a.test/b" } as const;
    const mask = { kind: "url", role: "mask", url: "https://a.test/m" } as const;
    const editor = generator(
      model({ id: "plain", kind: "image" }),
      model({ id: "one", kind: "image", maxReferences: 1, label: "One" }),
      model({ id: "many", kind: "image", maxReferences: 3, takesMask: true, aspects: ["1:1", "16:9"] }),
      model({ id: "film", kind: "video" }),
    );
    const problemsOf = (result: ReturnType<typeof choose>) =>
      result.status === "invalid" ? result.problems.map(({ message }) => message) : [];

    it("takes the first that can, before the member's own that cannot", () => {
      const settings = { ...NO_SETTINGS, imageProvider: "plain" };
      const offers = createOffers([editor]);
      const choiceOf = (references: readonly (typeof picture | typeof mask)[]) =>
        choose({ prompt, references }, settings, offers);
      expect(choiceOf([picture])).toMatchObject({ choice: { model: { id: "one" }, aspectIsOpen: true } });
      expect(choiceOf([picture, picture])).toMatchObject({ choice: { model: { id: "many" } } });
      expect(choiceOf([picture, mask])).toMatchObject({ choice: { model: { id: "many" } } });
    });

    it("takes one that is up before one that is not", () => {
      const offers = createOffers([editor], ({ id }) => id !== "one");
      expect(choose({ prompt, references: [picture] }, NO_SETTINGS, offers)).toMatchObject({
        choice: { model: { id: "many" } },
      });
      const none = createOffers([editor], () => false);
      expect(choose({ prompt, references: [picture] }, NO_SETTINGS, none)).toMatchObject({
        choice: { model: { id: "one" } },
      });
    });

    it("needs fewer words", () => {
      const offers = createOffers([editor]);
      expect(choose({ prompt: "a hat", references: [picture] }, NO_SETTINGS, offers).status).toBe("ok");
      expect(problemsOf(choose({ prompt: "a", references: [picture] }, NO_SETTINGS, offers))).toEqual([
        "prompt-too-short",
      ]);
    });

    it.each([
      ["plain", [picture], "reference-not-taken", { provider: "one", keepsReferences: true }],
      ["one", [picture, picture], "reference-too-many", { provider: "many", keepsReferences: true }],
      ["one", [picture, mask], "mask-not-taken", { provider: "many", keepsReferences: true }],
      [
        "many",
        Array.from({ length: 4 }, () => picture),
        "reference-too-many",
        { provider: "many", keepsReferences: false },
      ],
      ["film", [picture], "reference-not-taken", { provider: "film", keepsReferences: false }],
    ] as const)(
      "refuses %s what it cannot take, and says what would do",
      (provider, references, message, nearest) => {
        const result = choose({ prompt, provider, references }, NO_SETTINGS, createOffers([editor]));
        expect(problemsOf(result)).toEqual([message]);
        expect(result).toMatchObject({ nearest });
      },
    );

    it("says that nobody can where nobody can", () => {
      const offers = createOffers([sketch]);
      const result = choose({ prompt, references: [picture] }, NO_SETTINGS, offers);
      expect(problemsOf(result)).toEqual(["reference-nowhere"]);
      expect(result).toMatchObject({ nearest: { provider: "sketch", keepsReferences: false } });
    });
  });

  it("offers the nearest aspect, kind and number instead of what cannot be", () => {
    const offers = createOffers([sketch, kie]);
    const wrong = { prompt, provider: "kie-veo3", kind: "image", aspect: "21:9", count: 9 };
    expect(choose(wrong, NO_SETTINGS, offers)).toMatchObject({
      nearest: { kind: "image", provider: "kie-4o-image", aspect: "3:2", count: 4 },
    });
    expect(choose({ ...wrong, prompt: "fox" }, NO_SETTINGS, offers)).toMatchObject({ nearest: null });
    const nonsense = { prompt, aspect: "wide", style: "cubist" };
    expect(choose(nonsense, NO_SETTINGS, offers)).toMatchObject({ nearest: { aspect: "1:1", style: null } });
  });

  it("says so where nothing makes that kind", () => {
    const images = createOffers([generator(model({ id: "gemini-flash", kind: "image" }))]);
    expect(choose({ prompt, kind: "video" }, NO_SETTINGS, images)).toEqual({
      status: "nothing-offered",
      kind: "video",
    });
  });
});
