import sharp from "sharp";
import { afterEach, describe, expect, it } from "vitest";
import type { CaptionRequest, CaptionWriter } from "../../../src/core/ports/captions.ts";

/** What the service behind a writer does with the next request. */
export type CaptionDisturbance =
  | "busy"
  | "overloaded"
  | "refuses the key"
  | "has no credit"
  | "declines"
  | "filters the answer"
  | "stops in the middle of the words"
  | "answers words that are no caption"
  | "answers HTML"
  | "breaks the connection"
  | "is not reachable";

export interface CaptionWorld {
  readonly writer: CaptionWriter;
  /** What must never show in a result. */
  readonly secret: string;
  /** Arranges what happens to the next request; missing ones cannot happen to this writer. */
  readonly disturb: Partial<Record<CaptionDisturbance, () => Promise<void> | void>>;
  /** The next answer is held back until the returned function is called. */
  hold(): () => void;
  /** Requests that reached the service so far. */
  asked(): number;
  /** Pictures that came inside the last request. */
  lastPictures(): readonly Uint8Array[];
  /** Links in any request so far. */
  links(): readonly string[];
  /** Ways in which requests differed from the service's documentation. */
  violations(): readonly unknown[];
  close(): Promise<void>;
}

export async function captionPictureOf(type: "jpeg" | "png" = "jpeg") {
  const picture = sharp({ create: { width: 64, height: 48, channels: 3, background: "#c44" } });
  return type === "png"
    ? { bytes: new Uint8Array(await picture.png().toBuffer()), contentType: "image/png" as const }
    : { bytes: new Uint8Array(await picture.jpeg().toBuffer()), contentType: "image/jpeg" as const };
}

export const captionRequest: CaptionRequest = {
  kind: "image",
  prompt: 'A red fox asleep in fresh snow, "morning" light — été 🦊\nsecond line',
  image: null,
  language: "en",
  network: "Instagram",
  limits: { characters: 2_200, hashtags: 5 },
  instructions: null,
  change: "new",
  previous: null,
};

/** What each disturbance has to come to. */
const OUTCOMES: Readonly<Record<CaptionDisturbance, object>> = {
  busy: { status: "failed", mayHelp: true },
  overloaded: { status: "failed", mayHelp: true },
  "refuses the key": { status: "failed", mayHelp: false },
  "has no credit": { status: "failed", mayHelp: false },
  declines: { status: "refused" },
  "filters the answer": { status: "refused" },
  "stops in the middle of the words": { status: "failed", mayHelp: true },
  "answers words that are no caption": { status: "failed", mayHelp: true },
  "answers HTML": { status: "failed" },
  "breaks the connection": { status: "failed", mayHelp: true },
  "is not reachable": { status: "failed", mayHelp: true },
};

/** What core relies on, of any writer. */
export function captionContract(name: string, make: () => Promise<CaptionWorld>): void {
  describe(`the contract of caption writers: ${name}`, () => {
    const open: CaptionWorld[] = [];
    afterEach(async () => {
      for (const world of open.splice(0)) {
        const [violations, links] = [world.violations(), world.links()];
        await world.close();
        expect([violations, links]).toEqual([[], []]);
      }
    });
    const setUp = async () => {
      const world = await make();
      open.push(world);
      const ask = (extra: Partial<CaptionRequest> = {}, signal = new AbortController().signal) =>
        world.writer.write({ ...captionRequest, ...extra }, signal);
      return { world, ask };
    };

    it("writes a text, hashtags, an alt text and its language, and asks once", async () => {
      const { world, ask } = await setUp();
      const result = await ask();
      expect(result).toMatchObject({ status: "written", model: world.writer.model });
      if (result.status !== "written") return;
      const { text, hashtags, altText, language } = result.caption;
      expect([text, altText, language].every((words) => words.length > 0)).toBe(true);
      expect(hashtags.every((tag) => !tag.startsWith("#"))).toBe(true);
      expect(world.asked()).toBe(1);
    });

    it.each(["jpeg", "png"] as const)("sends a %s inside the request, whole", async (type) => {
      const { world, ask } = await setUp();
      const image = await captionPictureOf(type);
      expect((await ask({ image })).status).toBe("written");
      expect(world.lastPictures()).toEqual([image.bytes]);
      expect((await ask({ image: null })).status).toBe("written");
      expect(world.lastPictures()).toEqual([]);
    });

    it.each(["new", "shorter", "longer", "repair"] as const)("can be asked for: %s", async (change) => {
      const { ask } = await setUp();
      const previous = 'It said "hello" }{ \\ @everyone';
      for (const kind of ["image", "video"] as const)
        for (const network of [null, "X"])
          expect(
            await ask({ change, previous, kind, network, instructions: "formal, no emojis" }),
          ).toMatchObject({
            status: "written",
          });
    });

    for (const disturbance of Object.keys(OUTCOMES) as CaptionDisturbance[]) {
      it(`answers a value, asks once and shows no key when the service ${disturbance}`, async (context) => {
        const { world, ask } = await setUp();
        const disturb = world.disturb[disturbance];
        if (!disturb) return context.skip();
        await disturb();
        const result = await ask();
        expect(result).toMatchObject(OUTCOMES[disturbance]);
        expect(JSON.stringify(result)).not.toContain(world.secret);
        expect(world.asked()).toBeLessThanOrEqual(1);
      });
    }

    it("ends with its signal, and asks nobody when it has ended before", async () => {
      const { world, ask } = await setUp();
      const release = world.hold();
      const controller = new AbortController();
      const asking = ask({}, controller.signal);
      await expect.poll(() => world.asked()).toBe(1);
      controller.abort();
      expect(await asking).toMatchObject({ status: "failed", mayHelp: true });
      release();
      expect(await ask({}, AbortSignal.abort())).toMatchObject({ status: "failed" });
      expect(world.asked()).toBe(1);
    });
  });
}
