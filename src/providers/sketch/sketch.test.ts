import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { findBox, readBoxes } from "./mp4.ts";
import { paint } from "./paint.ts";
import { IMAGE_SIZES, type SketchAspect, type SketchRequest, VIDEO_SIZES } from "./request.ts";
import { describeScene } from "./scene.ts";
import { makeSketch } from "./sketch.ts";
import { chooseStyle, STYLES } from "./styles.ts";
import { SUBJECTS } from "./vocabulary.ts";

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const ask = (change: Partial<SketchRequest> = {}): SketchRequest => ({
  prompt: "a red fox in the snow",
  seed: 7,
  style: null,
  aspect: "1:1",
  kind: "image",
  ...change,
});
const small = (prompt: string, style = "plain", moment = 0) =>
  hash(paint(describeScene(prompt, 7), chooseStyle(style, prompt), 160, 120, moment, true).data());

describe("a drawn picture", () => {
  test("is the same for the same request, byte for byte", async () => {
    const [one, other] = [await makeSketch(ask()), await makeSketch(ask())];
    expect(hash(one.bytes)).toBe(hash(other.bytes));
  });

  test("changes with the words, the seed and the style", async () => {
    const sketches = [
      ask(),
      ask({ prompt: "a grey cat in the snow" }),
      ask({ seed: 8 }),
      ask({ style: "ink" }),
    ];
    const hashes = await Promise.all(
      sketches.map(async (request) => hash((await makeSketch(request)).bytes)),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  test.each(Object.entries(IMAGE_SIZES))("has the shape of %s", async (aspect, [width, height]) => {
    const [across, down] = aspect.split(":").map(Number);
    expect(width / height).toBeCloseTo((across ?? 0) / (down ?? 1), 1);
    expect([width % 2, height % 2]).toEqual([0, 0]);
    const isAspect = (text: string): text is SketchAspect => text in IMAGE_SIZES;
    if (!isAspect(aspect)) throw new Error(aspect);
    const sketch = await makeSketch(ask({ aspect }));
    expect([...sketch.bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect(sketch).toMatchObject({ width, height, mimeType: "image/jpeg" });
  });

  test("every style looks different", () => {
    expect(new Set(STYLES.map(({ id }) => small("a castle by the sea", id))).size).toBe(STYLES.length);
  });

  test("every subject of the vocabulary can be drawn, and moves", () => {
    for (const words of Object.values(SUBJECTS)) {
      const word = words.split(" ")[0] ?? "";
      expect(small(word, "plain", 0.25), word).not.toBe(small(word, "plain", 0.6));
    }
  }, 60_000);

  test.each([
    ["emoji", "👨‍👩‍👧‍👦🏳️‍🌈 ✨🦄🔥"],
    ["right to left", "قطة صغيرة تحت القمر ‏שלום עולם"],
    ["Chinese and Japanese", "雪の中の赤い狐、富士山、浮世絵"],
    ["combining marks", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘"],
    ["a lone surrogate", "\ud800 fox \udc00"],
    ["a thousand graphemes", "fox ".repeat(250)],
    ["a thousand family emoji", "👨‍👩‍👧‍👦".repeat(1000)],
    ["nothing", ""],
    ["punctuation", "!!! ??? ... ---"],
    ["names of built-in properties", "constructor __proto__ toString hasOwnProperty"],
  ])("takes %s", (_, prompt) => {
    expect(() => small(prompt)).not.toThrow();
  });
});

describe("a drawn video", () => {
  test("is an MP4 that plays from its start, three seconds long, with key frames to seek to", async () => {
    const { bytes, durationMs, width, height } = await makeSketch(ask({ kind: "video", aspect: "16:9" }));
    expect([width, height]).toEqual(VIDEO_SIZES["16:9"]);
    const boxes = readBoxes(bytes, 0, bytes.length);
    expect(boxes.map(({ type }) => type)).toEqual(["ftyp", "moov", "mdat"]);
    expect(boxes.at(-1)?.end).toBe(bytes.length);
    const moov = boxes[1];
    if (!moov) throw new Error("no moov");
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const mvhd = findBox(bytes, moov, ["mvhd"]);
    const stbl = ["trak", "mdia", "minf", "stbl"];
    const stts = findBox(bytes, moov, [...stbl, "stts"]);
    const stss = findBox(bytes, moov, [...stbl, "stss"]);
    const stco = findBox(bytes, moov, [...stbl, "stco"]);
    if (!mvhd || !stts || !stss || !stco) throw new Error("a table is missing");
    expect((view.getUint32(mvhd.start + 24) / view.getUint32(mvhd.start + 20)) * 1000).toBe(durationMs);
    expect(durationMs).toBe(3000);
    expect(view.getUint32(stts.start + 16)).toBe(36);
    expect(view.getUint32(stss.start + 12)).toBeGreaterThanOrEqual(3);
    expect(view.getUint32(stss.start + 16)).toBe(1);
    const mdat = boxes[2];
    expect(view.getUint32(stco.start + 16)).toBeGreaterThanOrEqual((mdat?.start ?? 0) + 8);
    expect(view.getUint32(stco.start + 16)).toBeLessThan(mdat?.end ?? 0);
  }, 30_000);

  test("is the same for the same request, byte for byte", async () => {
    const request = ask({ kind: "video", aspect: "9:16" });
    const [one, other] = [await makeSketch(request), await makeSketch(request)];
    expect(hash(one.bytes)).toBe(hash(other.bytes));
  }, 60_000);
});
