/** How captions are written, checked, counted and kept, on a real store with a scripted model. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CaptionAllowance } from "../../src/core/captions/allowance.ts";
import {
  type CaptionLack,
  type CaptionLimits,
  type CaptionWish,
  composeCaption,
} from "../../src/core/captions/caption.ts";
import { captionPicture } from "../../src/core/captions/picture.ts";
import { createCaptions } from "../../src/core/captions/write.ts";
import type { UserId } from "../../src/core/identifiers.ts";
import { createMessages } from "../../src/core/messages/messages.ts";
import type {
  CaptionRequest,
  CaptionResult,
  CaptionWriter,
  WrittenCaption,
} from "../../src/core/ports/captions.ts";
import type { StoredReference } from "../../src/core/ports/media.ts";
import { silentLog } from "./support/adapter-dependencies.ts";
import { createManualClock } from "./support/manual-clock.ts";

const messages = createMessages({
  en: "caption-template = { $prompt } ({ $kind ->\n    [video] film\n   *[image] picture\n  })\n",
  de: "caption-template = { $prompt } (Bild)\n",
});
const limits: CaptionLimits = { characters: 280, hashtags: 3, count: (text) => text.length };
const wish: CaptionWish = {
  kind: "image",
  prompt: "A red fox asleep in fresh snow",
  picture: () => Promise.resolve(null),
  network: "X",
  limits,
  language: "en",
  instructions: null,
  change: "new",
  previous: null,
};
const good: WrittenCaption = {
  text: "The fox sleeps.",
  hashtags: ["fox", "snow"],
  altText: "A fox in snow.",
  language: "en",
};
const written = (changed: Partial<WrittenCaption> = {}): CaptionResult => ({
  status: "written",
  caption: { ...good, ...changed },
  model: "gpt-6-luna",
});
const failed = (mayHelp: boolean): CaptionResult => ({ status: "failed", detail: "no", mayHelp });

type Answer = CaptionResult | Error | ((signal: AbortSignal) => Promise<CaptionResult>);

/** Captions of a writer that gives these answers in turn; the last one again and again. */
function setUp(answers: readonly Answer[], ...lacks: (CaptionLack | Error | null)[]) {
  const taken: UserId[] = [];
  const clock = createManualClock();
  const requests: CaptionRequest[] = [];
  const told: unknown[] = [];
  const writer: CaptionWriter = {
    model: "gpt-6-luna",
    write: async (request, signal) => {
      requests.push(request);
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      if (answer === undefined) throw new Error("nothing arranged");
      return typeof answer === "function" ? answer(signal) : answer;
    },
  };
  const tell = (trouble: unknown): void => void told.push(trouble);
  const allowance: CaptionAllowance = {
    take: (owner) => {
      taken.push(owner);
      const lack = lacks.shift() ?? null;
      return lack instanceof Error ? Promise.reject(lack) : Promise.resolve(lack);
    },
  };
  const captions = createCaptions({ writer, allowance, messages, clock, log: silentLog, tell });
  const { signal } = new AbortController();
  const make = (extra: Partial<CaptionWish> = {}, owner: UserId = "usr_1") =>
    captions.make(owner, { ...wish, ...extra }, signal);
  return { make, requests, told, taken, clock, captions };
}

/** Lets everything that can go on without time passing go on. */
const settle = async (): Promise<void> => {
  for (let round = 0; round < 50; round += 1) await Promise.resolve();
};

describe("a caption", () => {
  it("is what the model wrote, cleaned, with the hashtags last", async () => {
    const { make, requests } = setUp([
      written({
        text: "Sleep @everyone at evil.com https://evil.test\n\n#Fox #ice",
        hashtags: ["fox", "so deep"],
      }),
    ]);
    const caption = await make();
    expect(caption).toEqual({
      text: "Sleep everyone at evil. com",
      hashtags: ["Fox", "ice", "sodeep"],
      altText: "A fox in snow.",
      language: "en",
      model: "gpt-6-luna",
      template: false,
      lack: null,
    });
    expect(composeCaption(caption)).toBe("Sleep everyone at evil. com\n\n#Fox #ice #sodeep");
    expect(requests).toHaveLength(1);
  });

  it("may repeat a link of the member's prompt, instructions or text, and no other", async () => {
    const text = "See https://fox.test/a, shop.test and https://mine.test/b not https://fox.test/c.";
    const caption = await setUp([written({ text })]).make({
      prompt: "A poster for https://fox.test/a",
      instructions: "end with shop.test",
      previous: "https://mine.test/b",
    });
    expect(caption.text).toBe("See https://fox.test/a, shop.test and https://mine.test/b not");
  });

  it("loses hashtags before it is asked for again, and is repaired once where its text is too long", async () => {
    const long = "word ".repeat(70).trim();
    const fitting = setUp([written({ text: "y".repeat(270), hashtags: ["abc", "defghijk"] })]);
    expect((await fitting.make()).hashtags).toEqual(["abc"]);
    expect(fitting.requests).toHaveLength(1);

    const { make, requests } = setUp([written({ text: long }), written()]);
    expect(await make({ change: "longer", previous: "The fox." })).toMatchObject({
      text: "The fox sleeps.",
      template: false,
    });
    expect(requests.map(({ change, previous }) => [change, previous])).toEqual([
      ["longer", "The fox."],
      ["repair", long],
    ]);
  });

  it.each<[string, Answer[], number]>([
    ["is too long twice", [written({ text: "y ".repeat(200) })], 2],
    ["is empty twice", [written({ text: "#only #tags" })], 2],
    ["is giant twice", [written({ text: "y".repeat(100_000) })], 2],
    ["is declined", [{ status: "refused", detail: "no" }], 1],
    ["fails twice", [failed(true)], 2],
    ["fails for good", [failed(false)], 1],
    ["meets a bug", [new Error("bug")], 1],
  ])("is the template, labelled, where it %s", async (_, answers, count) => {
    const { make, requests } = setUp(answers);
    expect(await make()).toEqual({
      text: "A red fox asleep in fresh snow (picture)",
      hashtags: [],
      altText: "A red fox asleep in fresh snow",
      language: "en",
      model: null,
      template: true,
      lack: { why: "unusable" },
    });
    expect(requests).toHaveLength(count);
  });

  it("is asked for once more, the same way, after a failure that may pass", async () => {
    const { make, requests } = setUp([failed(true), written()]);
    expect(await make({ change: "shorter", previous: "The fox sleeps in the snow." })).toMatchObject({
      template: false,
    });
    expect(requests.map(({ change }) => change)).toEqual(["shorter", "shorter"]);
  });

  it("is written by the words alone where the picture cannot be had, and loads none without a model", async () => {
    const { make, requests } = setUp([written()]);
    const picture = () => Promise.reject(new Error("store"));
    expect((await make({ picture })).template).toBe(false);
    expect(requests[0]?.image).toBeNull();
    const without = createCaptions({
      writer: null,
      allowance: { take: () => Promise.reject(new Error("nothing to count")) },
      messages,
      clock: createManualClock(),
      log: silentLog,
      tell: () => undefined,
    });
    let loaded = 0;
    const caption = await without.make(
      "usr_1",
      { ...wish, language: "de-AT", picture: () => Promise.resolve(((loaded += 1), null)) },
      new AbortController().signal,
    );
    expect(caption).toMatchObject({
      text: "A red fox asleep in fresh snow (Bild)",
      language: "de",
      template: true,
      lack: null,
    });
    expect([without.isWritten, loaded]).toEqual([false, 0]);
  });

  it("keeps the language that was asked for where the model names none", async () => {
    const { make } = setUp([written({ language: "German, I think" })]);
    expect((await make({ language: "de" })).language).toBe("de");
  });
});

describe("what captions cost", () => {
  const limit: CaptionLack = { why: "member-limit", until: 86_400_000 };

  it("is counted call by call, before each one", async () => {
    const { make, taken, requests } = setUp([failed(true), written()]);
    await make({}, "usr_7");
    expect([taken, requests.length]).toEqual([["usr_7", "usr_7"], 2]);
  });

  it("ends where no call is left: the template, and why", async () => {
    const { make, requests } = setUp([written()], limit);
    expect(await make()).toMatchObject({ template: true, lack: limit });
    expect(requests).toEqual([]);
    const repairing = setUp([written({ text: "" }), written()], null, limit);
    expect(await repairing.make()).toMatchObject({ template: true, lack: limit });
    expect(repairing.requests).toHaveLength(1);
  });

  it("is nothing where it cannot be counted, and while the model is given a rest", async () => {
    const { make, requests } = setUp([written()], new Error("store"));
    expect(await make()).toMatchObject({ template: true, lack: { why: "unusable" } });
    expect(requests).toEqual([]);
    const resting = setUp([failed(false)]);
    for (let round = 0; round < 5; round += 1) await resting.make();
    expect([resting.taken.length, resting.requests.length]).toEqual([2, 2]);
  });
});

describe("a template", () => {
  it("has the first words of a long prompt, without mentions, as long as the network takes", async () => {
    const { make } = setUp([failed(false)]);
    const prompt = `@everyone ${"snow ".repeat(150)}`;
    const { text, altText } = await make({ prompt, kind: "video" });
    expect(text).toMatch(/^everyone snow .*… \(film\)$/);
    expect(text.length).toBeLessThanOrEqual(280);
    expect(altText.length).toBeLessThanOrEqual(1_000);
    const short = await make({ prompt, limits: { ...limits, characters: 30 } });
    expect(short.text).toBe("everyone sn… (picture)");
    expect((await make({ prompt, limits: { ...limits, characters: 3 } })).text).toBe("");
  });
});

describe("the time that captions take", () => {
  const never = (signal: AbortSignal) =>
    new Promise<CaptionResult>((resolve) => {
      signal.addEventListener("abort", () => resolve(failed(true)), { once: true });
    });
  const deaf = () => new Promise<CaptionResult>(() => undefined);

  it.each([
    ["listens", never],
    ["does not listen", deaf],
  ])("is two calls of 30 s at most, with a writer that %s", async (_, answer) => {
    const { make, clock, requests } = setUp([answer]);
    const caption = make();
    await settle();
    clock.advance(29_999);
    await settle();
    expect(requests).toHaveLength(1);
    clock.advance(1);
    await settle();
    expect(requests).toHaveLength(2);
    clock.advance(30_000);
    expect((await caption).template).toBe(true);
  });

  it("is shared: two calls at once, one of a member, and nobody is asked for who waited over a minute", async () => {
    const slow = (): Promise<CaptionResult> => scene.clock.sleep(29_000).then(() => written());
    const scene = setUp([slow]);
    const owners = ["a", "a", "b", "c", "d", "e", "f", "g"].map((name) => `usr_${name}` as const);
    const all = Promise.all(owners.map((owner) => scene.make({ prompt: `A fox of ${owner}` }, owner)));
    const asked = () => scene.requests.map(({ prompt }) => prompt.at(-1)).join("");
    await settle();
    expect(asked()).toBe("ab");
    for (let round = 0; round < 4; round += 1) {
      scene.clock.advance(29_000);
      await settle();
    }
    expect(asked().length).toBe(6);
    expect((await all).filter(({ template }) => template)).toHaveLength(2);
  });

  it("ends at once when the process ends", async () => {
    const { captions } = setUp([deaf]);
    const controller = new AbortController();
    const caption = captions.make("usr_1", wish, controller.signal);
    await settle();
    controller.abort();
    expect((await caption).template).toBe(true);
  });

  it("is none while the key is dead: two refusals, ten minutes of templates, one try", async () => {
    const { make, requests, told, clock } = setUp([failed(false), failed(false), failed(false), written()]);
    for (let round = 0; round < 5; round += 1) expect((await make()).template).toBe(true);
    expect([requests.length, told]).toEqual([2, [{ problem: "refused", model: "gpt-6-luna" }]]);
    clock.advance(600_000);
    await make();
    await make();
    expect(requests).toHaveLength(3);
    clock.advance(600_000);
    expect((await make()).template).toBe(false);
    expect((await make()).template).toBe(false);
  });

  it("is none for a minute after three failures in a row", async () => {
    const { make, requests, told, clock } = setUp([failed(true), failed(true), failed(true), written()]);
    await make();
    await make();
    await make();
    expect([requests.length, told]).toEqual([3, [{ problem: "down", model: "gpt-6-luna" }]]);
    clock.advance(60_000);
    expect((await make()).template).toBe(false);
  });

  it("is spent on whatever a refusal of single requests says: others are not made to wait", async () => {
    const refused: CaptionResult = { status: "refused", detail: "no" };
    const { make, told, requests } = setUp([refused, refused, refused, refused, written()]);
    for (let round = 0; round < 4; round += 1) await make();
    expect((await make()).template).toBe(false);
    expect([requests.length, told]).toEqual([5, []]);
  });

  it("is spent on after a single failure as before", async () => {
    const { make, told, requests } = setUp([
      failed(false),
      written(),
      failed(false),
      written(),
      failed(false),
    ]);
    for (let round = 0; round < 5; round += 1) await make();
    expect(requests).toHaveLength(5);
    expect(told).toEqual([]);
  });
});

describe("whatever a model writes", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          "@everyone",
          "@",
          "#fox",
          "#",
          " ",
          "\n",
          "https://evil.test/x",
          "evil.com",
          "\u2060",
          "snow",
          "(",
          "é",
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join("")),
  );

  it("is a caption without mentions or links, with 5 hashtags at most, within the limits", async () => {
    const network = fc.record({
      characters: fc.integer({ min: 20, max: 400 }),
      hashtags: fc.integer({ min: 0, max: 30 }),
      count: fc.constantFrom(
        (text: string) => text.length,
        (text: string) => Array.from(text).length,
        (text: string) => 2 * text.length,
      ),
    });
    const answer = fc.record({
      text: words,
      hashtags: fc.array(words, { maxLength: 9 }),
      altText: words,
      language: words,
    });
    await fc.assert(
      fc.asyncProperty(answer, answer, network, words, async (first, second, tight, prompt) => {
        const { make } = setUp([written(first), written(second)]);
        const caption = await make({ limits: tight, prompt });
        const text = composeCaption(caption);
        const own = new Set(prompt.match(/\S*(?:evil|:\/\/|\.)\S*/g));
        expect(tight.count(text)).toBeLessThanOrEqual(tight.characters);
        expect(caption.hashtags.length).toBeLessThanOrEqual(Math.min(5, tight.hashtags));
        expect(text.match(/[#＃]\p{L}/gu)?.length ?? 0).toBeLessThanOrEqual(5);
        for (const tag of caption.hashtags) expect(tag).toMatch(/^[\p{L}\p{N}\p{M}_]{1,50}$/u);
        expect(caption.altText.length).toBeLessThanOrEqual(1_000);
        expect(caption.altText).not.toMatch(/\n/);
        expect(`${text} ${caption.altText}`.isWellFormed()).toBe(true);
        if (own.size > 0) return;
        for (const part of [text, caption.altText]) {
          expect(part).not.toMatch(/[@＠﹫]\S/u);
          expect(part).not.toMatch(/https?:\/\/|evil\.com/);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("what a model is shown", () => {
  const media = {
    key: "a/1.png",
    contentType: "image/png",
    sizeBytes: 9,
    width: 8,
    height: 8,
    durationMs: null,
    sha256: "0",
  } as const;
  const film = { ...media, key: "a/2.mp4", contentType: "video/mp4", durationMs: 4_000 } as const;
  const references: StoredReference[] = [
    { ...media, key: "a/mask.png", role: "mask" },
    { ...media, key: "a/start.png", role: "picture" },
  ];
  const shown: string[] = [];
  const previews = {
    preview: ({ key }: { key: string }, { maxSide }: { maxSide: number }) => {
      shown.push(`${key} ${maxSide}`);
      return Promise.resolve({ bytes: Uint8Array.of(1), width: 1, height: 1 });
    },
  };

  it("is the picture, or what a film was made from, and nothing for a film from words", async () => {
    expect(await captionPicture({ media, references }, previews)).toEqual({
      bytes: Uint8Array.of(1),
      contentType: "image/jpeg",
    });
    await captionPicture({ media: film, references }, previews);
    expect(await captionPicture({ media: film, references: [] }, previews)).toBeNull();
    expect(await captionPicture({ media: null, references: [] }, previews)).toBeNull();
    expect(shown).toEqual(["a/1.png 1024", "a/start.png 1024"]);
  });
});
