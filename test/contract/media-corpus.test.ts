import { randomBytes } from "node:crypto";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { createPictureWorker } from "../../src/media/picture-process.ts";
import { createReferenceIntake } from "../../src/media/references.ts";
import { flipMedia } from "./support/flip-media.ts";
import { CANARY, mediaCases } from "./support/media-cases.ts";
import { createMemoryMedia } from "./support/memory-media.ts";
import { turned } from "./support/picture-bytes.ts";

const pictures = createPictureWorker();
afterAll(() => pictures.close());

const fetch = () => Promise.reject(new Error("nothing is fetched here"));

async function take(bytes: Uint8Array, role: "picture" | "mask" = "picture") {
  const { store, files } = createMemoryMedia();
  const result = await createReferenceIntake({ store, fetch, pictures }).fromBytes("ref_1", role, bytes);
  const kept = result.status === "stored" ? files.get(result.reference.key) : undefined;
  return { result, files, kept: Buffer.from(kept ?? []) };
}

/** What a PNG or JPEG consists of, with what follows its end. */
function partsOf(bytes: Buffer): string[] {
  const parts: string[] = [];
  if (bytes[0] === 0x89) {
    for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12) {
      parts.push(bytes.toString("latin1", at + 4, at + 8));
    }
    return parts;
  }
  let at = 2;
  while (bytes[at + 1] !== 0xda) {
    parts.push(bytes.toString("hex", at, at + 2));
    at += bytes.readUInt16BE(at + 2) + 2;
  }
  parts.push(`end ${bytes.indexOf(Buffer.from([0xff, 0xd9]), at) - bytes.length}`);
  return parts;
}

/** Header, palette, transparency, pixels; tables, frame and the JFIF mark. Nothing that could carry words. */
const HARMLESS = /^(IHDR|PLTE|tRNS|pHYs|IDAT|IEND|ffe0|ffdb|ffc0|ffc2|ffc4|ffdd|end -2)$/;

function encodingsOf(word: string): Buffer[] {
  const plain = Buffer.from(word, "latin1");
  const wide = Buffer.from(word, "utf16le");
  const [base64, hex] = [plain.toString("base64").slice(0, -2), plain.toString("hex")];
  return [
    plain,
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(base64),
    Buffer.from(hex),
    plain.toReversed(),
  ].map((bytes) => Buffer.from(bytes));
}

describe("pictures from members", () => {
  it("are tried on a corpus of every kind", () => {
    expect(mediaCases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(mediaCases.map(({ name, role }) => `${name} ${role}`)).size).toBe(mediaCases.length);
  });

  it.each(mediaCases)(
    "$name: $expected",
    async ({ make, expected, role, size }) => {
      const bytes = await make();
      const before = process.memoryUsage.rss();
      const began = performance.now();
      const { result, files, kept } = await take(bytes, role);
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
      if (result.status === "refused") {
        expect(expected).toContain(result.why);
        expect(files.size).toBe(0);
        return;
      }
      const { key, contentType, width, height, sizeBytes } = result.reference;
      expect(expected).toContain(key.split(".")[1]);
      const { format, space, depth, orientation, ...facts } = await sharp(kept).metadata();
      expect([format, space, depth, orientation]).toEqual([contentType.slice(6), "srgb", "uchar", undefined]);
      expect([facts.width, facts.height, kept.length]).toEqual([width, height, sizeBytes]);
      expect(Math.max(width, height)).toBeLessThanOrEqual(2_048);
      if (size) expect([width, height]).toEqual(size);
      expect(partsOf(kept).filter((part) => !HARMLESS.test(part))).toEqual([]);
      const pixels = await sharp(kept).removeAlpha().raw().toBuffer();
      for (const trace of encodingsOf(CANARY))
        expect(kept.includes(trace) || pixels.includes(trace)).toBe(false);
    },
    20_000,
  );

  it("carry the canary before they are drawn anew", async () => {
    const carriers = mediaCases.filter(({ name }) => name.startsWith("canary"));
    expect(carriers.length).toBeGreaterThanOrEqual(15);
    for (const { name, make } of carriers) {
      const bytes = Buffer.from(await make());
      const hidden = name.includes("transparent") ? await sharp(bytes).removeAlpha().raw().toBuffer() : bytes;
      expect([name, hidden.includes(name.includes("zTXt") ? "cAn" : CANARY)]).toEqual([name, true]);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("come out upright from orientation %i", async (orientation) => {
    const { kept } = await take(await turned(orientation));
    const at = async (left: number, top: number) => {
      const [red = 0, green = 0, blue = 0] = await sharp(kept)
        .extract({ left, top, width: 1, height: 1 })
        .raw()
        .toBuffer();
      return [red, green, blue].map((value) => (value > 128 ? 1 : 0)).join("");
    };
    expect([await at(5, 5), await at(55, 5), await at(5, 35), await at(55, 35)]).toEqual([
      "100",
      "010",
      "001",
      "111",
    ]);
  });

  it("are stored under the hash of what is kept, and said to be what they are", async () => {
    const first = await take(await turned(6));
    const again = await take(await turned(6));
    expect(first.result).toEqual(again.result);
    expect(first.result).toMatchObject({
      status: "stored",
      reference: { role: "picture", contentType: "image/jpeg", width: 60, height: 40, durationMs: null },
    });
    expect([...first.files.keys()][0]).toMatch(/^ref_1\/[0-9a-f]{64}\.jpg$/);
  });
});

describe("masks from members", () => {
  const alphaOf = async (bytes: Buffer, left: number, top: number) =>
    (await sharp(bytes).ensureAlpha().extract({ left, top, width: 1, height: 1 }).raw().toBuffer())[3];
  const half = async (left: string, right: string) =>
    sharp({ create: { width: 4_000, height: 100, channels: 3, background: right } }).composite([
      { input: { create: { width: 2_000, height: 100, channels: 3, background: left } }, left: 0, top: 0 },
    ]);

  it.each(["png", "jpeg", "webp"] as const)(
    "in black and white as %s become transparent where they are black",
    async (format) => {
      const { kept } = await take(
        await (await half("#000000", "#ffffff")).toFormat(format).toBuffer(),
        "mask",
      );
      expect([await alphaOf(kept, 10, 10), await alphaOf(kept, 2_000, 10)]).toEqual([0, 255]);
    },
  );

  it("keep the transparency that they have, with hard edges", async () => {
    const opaque = {
      width: 1_001,
      height: 100,
      channels: 4 as const,
      background: { r: 0, g: 0, b: 0, alpha: 1 },
    };
    const mask = sharp({
      create: { ...opaque, width: 4_000, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    }).composite([{ input: { create: opaque }, left: 0, top: 0 }]);
    const { kept, result } = await take(await mask.png().toBuffer(), "mask");
    expect(result).toMatchObject({ reference: { role: "mask", contentType: "image/png", width: 2_048 } });
    const alphas = new Set((await sharp(kept).ensureAlpha().extractChannel(3).raw().toBuffer()).values());
    expect(alphas).toEqual(new Set([0, 255]));
    expect([await alphaOf(kept, 10, 10), await alphaOf(kept, 2_000, 10)]).toEqual([255, 0]);
  });
});

describe("what no encoder makes smaller", () => {
  const MOST_BYTES = 8 * 1024 * 1024;
  const raw = randomBytes(2_048 * 2_048 * 4);
  const noise = () => sharp(raw, { raw: { width: 2_048, height: 2_048, channels: 4 } });

  it("is kept with its sides and its transparency, in fewer colours", { timeout: 30_000 }, async () => {
    const { result, kept } = await take(await noise().png({ compressionLevel: 1 }).toBuffer());
    expect(result).toMatchObject({ reference: { contentType: "image/png", width: 2_048, height: 2_048 } });
    expect(kept.length).toBeLessThanOrEqual(MOST_BYTES);
    expect(await sharp(kept).metadata()).toMatchObject({ hasAlpha: true, isPalette: true });
  });

  it("loses its colours as a mask, and nothing of what is transparent", { timeout: 30_000 }, async () => {
    const { kept } = await take(await noise().png({ compressionLevel: 1 }).toBuffer(), "mask");
    expect(kept.length).toBeLessThanOrEqual(MOST_BYTES);
    const alpha = await sharp(kept).extractChannel("alpha").raw().toBuffer();
    expect(alpha.equals(raw.filter((_, at) => at % 4 === 3))).toBe(true);
  });
});

describe("damaged files", () => {
  const total = (answers: Readonly<Record<string, number>>) =>
    Object.values(answers).reduce((sum, count) => sum + count, 0);

  it("of members are answered with a value, in time, and leave the process as it was", async () => {
    const { answers, slowestMs, grownBytes } = await flipMedia("member", 400, Date.now());
    expect(total(answers)).toBe(400);
    expect(answers).toMatchObject({
      stored: expect.any(Number),
      "broken (cannot be decoded)": expect.any(Number),
    });
    const known = /^(stored|broken \(cannot be decoded\)|not-a-picture \(.+\)|too-large \(.+\))$/;
    expect(Object.keys(answers).filter((answer) => !known.test(answer))).toEqual([]);
    expect(slowestMs).toBeLessThan(10_000);
    expect(grownBytes).toBeLessThan(100 * 1024 * 1024);
  }, 30_000);

  it("of services are answered with a value, in time", async () => {
    const { answers, slowestMs } = await flipMedia("service", 400, Date.now());
    expect(total(answers)).toBe(400);
    const known = /^(stored|unusable \(.+\)|unreachable \((empty|text instead of a file)\))$/;
    expect(Object.keys(answers).filter((answer) => !known.test(answer))).toEqual([]);
    expect(slowestMs).toBeLessThan(10_000);
  }, 30_000);
});
