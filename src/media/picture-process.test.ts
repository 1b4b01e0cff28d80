import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import sharp from "sharp";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createPictureWorker, type PictureWorker, type PictureWorkerOptions } from "./picture-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "easel-pictures-"));
const open: PictureWorker[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((worker) => worker.close()));
  rmSync(journal, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (options: PictureWorkerOptions = {}): PictureWorker => {
  const worker = createPictureWorker(options);
  open.push(worker);
  return worker;
};
const picture = () => sharp({ create: { width: 60, height: 40, channels: 3, background: "#a03050" } }).png();
const bytesOf = (text: string) => new TextEncoder().encode(text);

const drawn = JSON.stringify({ contentType: "image/png", width: 1, height: 1 });
/** Stands in for the decoder: notes what it is told in a file of its own and does what the bytes say. */
const program = join(folder, "actor.mjs");
const journal = join(folder, "journal");
writeFileSync(
  program,
  `import { appendFileSync } from "node:fs";
  const note = (word) => appendFileSync(${JSON.stringify(journal)}, word + " " + process.pid + "\\n");
  note("born");
  process.on("disconnect", () => process.exit());
  process.on("message", ({ bytes }) => {
    const [word, delayMs = "0"] = Buffer.from(bytes).toString().split(" ");
    note(word);
    if (word === "crash") process.abort();
    if (word === "leave") process.exit(86);
    if (word === "hang") for (;;);
    if (word === "babble") return process.send({ result: { status: "clean", picture: { bytes: "none" } }, rssBytes: 1 });
    if (word === "env") return process.send({ result: { status: "clean", picture: { bytes: Buffer.from(JSON.stringify(process.env)), ...${drawn} } }, rssBytes: 1 });
    setTimeout(() => { note("done"); process.send({ result: { status: "broken" }, rssBytes: word === "swell" ? 300e6 : 1 }); }, Number(delayMs));
  });`,
);
const notes = (): string[][] => {
  const lines = readFileSync(journal, "utf8").trim().split("\n");
  rmSync(journal);
  return lines.map((line) => line.split(" "));
};
const actor = (options: PictureWorkerOptions = {}) => start({ program, ...options });

describe("the decoding processes", () => {
  it("draw a picture anew in a process of their own", async () => {
    const result = await start().redraw(await picture().toBuffer(), "picture");
    expect(result).toMatchObject({
      status: "clean",
      picture: { contentType: "image/jpeg", width: 60, height: 40 },
    });
    const bytes = result.status === "clean" ? Buffer.from(result.picture.bytes) : Buffer.alloc(0);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "jpeg", width: 60, height: 40 });
  });

  it("decode nothing but PNG, JPEG, WebP and GIF", async () => {
    const worker = start();
    const others = [
      await picture().tiff().toBuffer(),
      await picture().avif().toBuffer(),
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>"),
    ];
    for (const bytes of others) {
      expect(await worker.redraw(bytes, "picture")).toEqual({
        status: "broken",
        detail: "cannot be decoded",
      });
    }
  });

  it("work from the bundle as well", async () => {
    // Inside the tree, so that sharp is found.
    mkdirSync(join(root, ".cache"), { recursive: true });
    const outdir = mkdtempSync(join(root, ".cache", "bundle-of-a-test-"));
    try {
      const entry = join(outdir, "main.ts");
      writeFileSync(
        entry,
        `import { createPictureWorker } from "../../src/media/picture-process.ts";
        import { readFileSync } from "node:fs";
        const worker = createPictureWorker();
        const result = await worker.redraw(readFileSync(process.argv[2] ?? ""), "mask");
        await worker.close();
        console.log(JSON.stringify([result.status, result.picture?.contentType]));`,
      );
      buildSync({
        absWorkingDir: root,
        entryPoints: { main: entry, "media/picture-worker": "src/media/picture-worker.ts" },
        outdir,
        bundle: true,
        splitting: true,
        format: "esm",
        platform: "node",
        external: ["sharp"],
        logLevel: "error",
      });
      const file = join(folder, "picture.png");
      writeFileSync(file, await picture().toBuffer());
      const output = execFileSync(process.execPath, [join(outdir, "main.js"), file], { encoding: "utf8" });
      expect(JSON.parse(output)).toEqual(["clean", "image/png"]);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });

  it("are two at most, and one serves many pictures", async () => {
    const worker = actor();
    await Promise.all(Array.from({ length: 8 }, () => worker.redraw(bytesOf("wait 5"), "picture")));
    let busy = 0;
    const peaks: number[] = [];
    const seen = notes();
    for (const [word] of seen) {
      if (word === "wait") busy += 1;
      if (word === "done") busy -= 1;
      peaks.push(busy);
    }
    expect(Math.max(...peaks)).toBeLessThanOrEqual(2);
    expect(seen.filter(([word]) => word === "born")).toHaveLength(2);
    expect(seen.filter(([word]) => word === "done")).toHaveLength(8);
  });

  it("know nothing of the bot's own settings", async () => {
    process.env["EASEL_TEST_SECRET"] = "hush";
    const result = await actor().redraw(bytesOf("env"), "picture");
    delete process.env["EASEL_TEST_SECRET"];
    expect(result.status).toBe("clean");
    expect(Buffer.from(result.status === "clean" ? result.picture.bytes : []).toString()).not.toContain(
      "hush",
    );
  });

  it.each([
    ["crash", { status: "broken", detail: "the decoder crashed" }],
    ["leave", { status: "too-large", detail: "too much memory" }],
    ["hang", { status: "broken", detail: "took too long" }],
    ["babble", { status: "broken", detail: "strange answer" }],
  ])("may %s without harm to the next picture", async (word, expected) => {
    const worker = actor({ deadlineMs: word === "hang" ? 2_000 : 10_000, processes: 1 });
    const [bad, next] = await Promise.all([
      worker.redraw(bytesOf(word), "picture"),
      worker.redraw(bytesOf("fine"), "picture"),
    ]);
    expect(bad).toEqual(expected);
    expect(next).toEqual({ status: "broken", detail: "cannot be decoded" });
  });

  it("let no more wait than can be held", async () => {
    const worker = actor({ processes: 1, waiting: 2, waitingBytes: 40 });
    const results = Promise.all(
      ["wait 20", "fine", "fine", "fine"].map((text) => worker.redraw(bytesOf(text), "picture")),
    );
    expect((await results).map(({ status }) => status)).toEqual(["broken", "broken", "broken", "busy"]);
    const heavy = ["wait 20", "wait 0".padEnd(40), "fine"].map((text) =>
      worker.redraw(bytesOf(text), "picture"),
    );
    expect((await Promise.all(heavy)).map(({ status }) => status)).toEqual(["broken", "broken", "busy"]);
  });

  it("end when there is nothing to do, and start again", async () => {
    const worker = actor({ idleMs: 1 });
    await worker.redraw(bytesOf("fine"), "picture");
    const pid = Number(notes()[0]?.[1]);
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    expect((await worker.redraw(bytesOf("fine"), "picture")).status).toBe("broken");
    expect(notes()[0]?.[0]).toBe("born");
  });

  it("are not used again when they hold much memory", async () => {
    const worker = actor({ processes: 1 });
    for (const word of ["fine", "swell", "fine"]) await worker.redraw(bytesOf(word), "picture");
    const seen = notes().filter(([word]) => word !== "done");
    expect(seen.map(([word]) => word)).toEqual(["born", "fine", "swell", "born", "fine"]);
    expect(new Set(seen.map(([, pid]) => pid)).size).toBe(2);
  });

  it("end with the bot, and answer what they were drawing", async () => {
    const worker = actor({ processes: 1 });
    const results = Promise.all(["hang", "fine"].map((text) => worker.redraw(bytesOf(text), "picture")));
    await expect.poll(() => tryNotes(), { timeout: 10_000 }).toContain("hang");
    const pid = Number(notes()[0]?.[1]);
    await worker.close();
    expect(isAlive(pid)).toBe(false);
    expect((await results).map(({ status }) => status)).toEqual(["busy", "busy"]);
    expect((await worker.redraw(bytesOf("fine"), "picture")).status).toBe("busy");
  });

  it("that cannot be started are no fault of the picture", async () => {
    const missing = await start({ program: "\0" }).redraw(bytesOf("fine"), "picture");
    expect(missing).toEqual({ status: "busy", detail: "no process" });
  });

  it("give up a picture that takes more memory than they may have", async () => {
    const flat = sharp({
      create: { width: 7_300, height: 5_470, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0.5 } },
    });
    const bomb = await flat.toColourspace("rgb16").png({ progressive: true }).toBuffer();
    const worker = start({ deadlineMs: 50_000 });
    expect(await worker.redraw(bomb, "picture")).toEqual({ status: "too-large", detail: "too much memory" });
    expect((await worker.redraw(await picture().toBuffer(), "picture")).status).toBe("clean");
  }, 60_000);
});

function tryNotes(): string {
  try {
    return readFileSync(journal, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
