import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NETWORKS } from "../ports/publisher.ts";
import { mediaRules, rulesOf } from "./networks.ts";
import { type Fix, type PictureFit, type PostPlan, preflight } from "./preflight.ts";
import { fitText, shorten } from "./text-fit.ts";

const picture: PostPlan = {
  network: "instagram",
  story: false,
  text: "A lighthouse.",
  hashtags: ["sea"],
  media: { contentType: "image/jpeg", width: 1_024, height: 1_024, sizeBytes: 400_000, durationMs: null },
  quotaLeft: 10,
};
const film = {
  contentType: "video/mp4",
  width: 1_280,
  height: 720,
  sizeBytes: 5_000_000,
  durationMs: 8_000,
} as const;

const codes = (plan: PostPlan) => preflight(plan).map(({ code }) => code);
const fixes = (plan: PostPlan) => preflight(plan).flatMap((problem) => problem.fixes.map(({ kind }) => kind));

describe("what is looked at before a post is confirmed", () => {
  it("lets pass what the network takes", () => {
    expect(preflight(picture)).toEqual([]);
    for (const [width, height] of [
      [1_080, 1_350],
      [1_080, 566],
      [1_344, 768],
    ] as const) {
      expect(codes({ ...picture, media: { ...picture.media, width, height } }), `${width}`).toEqual([]);
    }
    expect(preflight({ ...picture, media: film })).toEqual([]);
  });

  it("offers crop, pad, blur and a story for a picture that is too tall for Instagram's feed", () => {
    const tall = { ...picture, media: { ...picture.media, width: 768, height: 1_365 } };
    expect(preflight(tall)).toMatchObject([
      { code: "ratio", message: "preflight-ratio", args: { ratio: "4:5" } },
    ]);
    expect(fixes(tall)).toEqual(["crop", "pad", "blur", "story"]);
    expect(codes({ ...tall, story: true })).toEqual([]);
    const wide = { ...picture, media: { ...picture.media, width: 1_536, height: 640 } };
    expect(preflight(wide)).toMatchObject([{ code: "ratio", args: { ratio: "1.91:1", shape: "wide" } }]);
    expect(fixes(wide)).toEqual(["crop", "pad", "blur"]);
  });

  it("offers the feed for a square picture that was meant for a story", () => {
    expect(fixes({ ...picture, story: true })).toEqual(["crop", "pad", "blur", "story"]);
  });

  it("asks for fewer hashtags and fewer characters", () => {
    const loud = { ...picture, hashtags: ["a", "b", "c", "d", "e", "f"] };
    expect(preflight(loud)).toMatchObject([{ code: "hashtags", args: { count: 6, limit: 5 } }]);
    const long = { ...picture, network: "twitter" as const, text: "x".repeat(300) };
    expect(preflight(long)).toMatchObject([{ code: "text", args: { count: 306, limit: 280, over: 26 } }]);
  });

  it("says what no press puts right", () => {
    expect(preflight({ ...picture, quotaLeft: 0 })).toMatchObject([{ code: "quota", fixes: [] }]);
    expect(preflight({ ...picture, network: "youtube" })).toMatchObject([{ code: "no-pictures", fixes: [] }]);
    const long = { ...picture, media: { ...film, durationMs: 91_000 } };
    expect(preflight(long)).toMatchObject([
      { code: "too-long", args: { seconds: 91, limit: 90 }, fixes: [] },
    ]);
    const longStory = {
      ...long,
      story: true,
      media: { ...long.media, width: 720, height: 1_280, durationMs: 61_000 },
    };
    expect(preflight(longStory)).toMatchObject([
      { code: "too-long", fixes: [{ kind: "story", story: false }] },
    ]);
  });

  it("has what TikTok and Bluesky are particular about made again as a smaller JPEG", () => {
    const png = { ...picture.media, contentType: "image/png" as const, sizeBytes: 1_500_000 };
    expect(preflight({ ...picture, network: "tiktok", media: png })).toMatchObject([
      { code: "format", fixes: [{ kind: "smaller" }] },
    ]);
    expect(preflight({ ...picture, network: "bluesky", media: png })).toMatchObject([
      { code: "size", args: { size: 1.5, limit: 1 }, fixes: [{ kind: "smaller" }] },
    ]);
  });

  it("offers nothing that leaves the problem as it was, on any network, for any media", () => {
    const media = fc.record({
      contentType: fc.constantFrom("image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4"),
      width: fc.integer({ min: 64, max: 9_000 }),
      height: fc.integer({ min: 64, max: 9_000 }),
      sizeBytes: fc.integer({ min: 1_000, max: 6_000_000_000 }),
      durationMs: fc.integer({ min: 100, max: 1_000_000 }),
    });
    const plans = fc.record({
      network: fc.constantFrom(...NETWORKS),
      story: fc.boolean(),
      text: fc.string({ maxLength: 4_000, unit: "grapheme" }),
      hashtags: fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 70 }),
      media: media.map((facts) => ({
        ...facts,
        durationMs: facts.contentType === "video/mp4" ? facts.durationMs : null,
      })),
      quotaLeft: fc.constantFrom(null, 0, 3),
    });
    let applied = 0;
    fc.assert(
      fc.property(plans, (plan) => {
        for (const { code, fixes: offered, message } of preflight(plan)) {
          expect(message).toBe(`preflight-${code}`);
          for (const fix of offered) {
            applied += 1;
            expect(codes(apply(plan, fix)), `${code} ${fix.kind}`).not.toContain(code);
          }
        }
      }),
      { numRuns: 1_000 },
    );
    expect(applied).toBeGreaterThan(500);
  });

  it("ends with a post that can be confirmed when pictures take the first fix each time", () => {
    for (const network of NETWORKS.filter((name) => mediaRules(name, "image", false) !== null)) {
      let plan: PostPlan = {
        ...picture,
        network,
        text: "#a #b #c #d #e #f ".repeat(400),
        media: {
          contentType: "image/gif",
          width: 6_000,
          height: 300,
          sizeBytes: 30_000_000,
          durationMs: null,
        },
      };
      for (let round = 0; round < 6; round += 1) {
        const [fix] = preflight(plan).flatMap((problem) => problem.fixes);
        if (fix !== undefined) plan = apply(plan, fix);
      }
      expect(preflight(plan), network).toEqual([]);
    }
  });
});

describe("networks", () => {
  it("are all there with something that can be posted", () => {
    for (const network of NETWORKS) {
      const rules = rulesOf(network);
      expect(rules.label).not.toBe("");
      expect(rules.video.formats).toContain("video/mp4");
      expect(rules.image === null || rules.image.formats.includes("image/jpeg")).toBe(true);
    }
  });
});

/** What becomes of a post when the fix was pressed; fit-picture.test.ts holds the real pictures to the same. */
function apply(plan: PostPlan, fix: Fix): PostPlan {
  switch (fix.kind) {
    case "crop":
    case "pad":
    case "blur":
    case "smaller":
      return { ...plan, media: fitted(plan, fix.fit) };
    case "story":
      return { ...plan, story: fix.story };
    case "shorter-text":
    case "fewer-hashtags": {
      const short = shorten(plan.text, plan.hashtags, plan.network);
      expect(fitText(short.text, short.hashtags, plan.network).charactersOver).toBe(0);
      return { ...plan, ...short };
    }
  }
}

function fitted({ media }: PostPlan, fit: PictureFit): PostPlan["media"] {
  const facts = { contentType: "image/jpeg", sizeBytes: fit.maxBytes, durationMs: null } as const;
  if (fit.mode === "same") {
    const scale = Math.min(1, fit.maxWidth / media.width, fit.maxHeight / media.height);
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    return { ...facts, width: side(media.width), height: side(media.height) };
  }
  const times = Math.max(1, Math.floor(Math.min(media.width, fit.maxWidth) / fit.ratio.width));
  return { ...facts, width: fit.ratio.width * times, height: fit.ratio.height * times };
}
