import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type S3Emulator, startS3Emulator } from "../emulators/s3/index.ts";
import { type SupabaseEmulator, startSupabaseEmulator } from "../emulators/supabase/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** The command starts a process and loads the whole project. */
const TIMEOUT_MS = 60_000;

const EXTENSIONS = ["png", "jpg", "webp", "gif", "mp4"];
const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4"];

/** 130 files of 60 assets: of nothing, of a few bytes, of 700 KB. */
function makeMedia(): Map<string, Buffer> {
  const media = new Map<string, Buffer>();
  for (let n = 0; n < 130; n += 1) {
    const bytes = Buffer.alloc(n === 0 ? 0 : n % 40 === 7 ? 700_000 + n : 100 + n, `media ${n} `);
    const hash = createHash("sha256").update(bytes).digest("hex");
    media.set(`gen_${n % 60}/${hash}.${EXTENSIONS[n % 5]}`, bytes);
  }
  return media;
}

describe("easel media migrate", { timeout: TIMEOUT_MS }, () => {
  const media = makeMedia();
  let folder: string;
  let s3: S3Emulator;
  let supabase: SupabaseEmulator;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "easel-migrate-"));
    s3 = await startS3Emulator({ pageSize: 50 });
    supabase = await startSupabaseEmulator();
  });
  afterEach(async () => {
    expect([...s3.errors, ...supabase.errors, ...supabase.violations]).toEqual([]);
    await s3.close();
    await supabase.close();
    await rm(folder, { recursive: true, force: true });
  });

  const diskUrl = (name: string): string => `file:${join(folder, name)}`;
  const s3Url = (): string => `s3://${s3.bucket}/easel?endpoint=${s3.url}`;
  const supabaseUrl = (): string => `supabase://${supabase.bucket}/easel`;

  function start(mediaUrl: string, ...args: string[]) {
    const env = {
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: join(root, "node_modules/.cache/easel-test"),
      DATABASE_URL: `file:${folder}/easel.db`,
      MEDIA_URL: mediaUrl,
      S3_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_KEY: supabase.key,
    };
    const done = Promise.withResolvers<{ code: number | null; output: string }>();
    const command = [join(root, "scripts/start.mjs"), "media", ...args];
    const child = execFile(process.execPath, command, { cwd: folder, env }, (_, out, err) =>
      done.resolve({ code: child.exitCode, output: `${out}${err}` }),
    );
    return { child, done: done.promise };
  }
  const run = (mediaUrl: string, ...args: string[]) => start(mediaUrl, ...args).done;

  async function plant(name: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
    for (const [key, bytes] of files) {
      const path = join(folder, name, key);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    }
  }
  async function filesOf(name: string): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      found.set(path.slice(join(folder, name).length + 1), await readFile(path));
    }
    return found;
  }
  const inBucket = ({ objects }: { objects: Map<string, { bytes: Buffer }> }): Map<string, Buffer> =>
    new Map([...objects].map(([path, { bytes }]) => [path.replace(/^easel\//, ""), bytes]));
  const sorted = (files: ReadonlyMap<string, Buffer>) => [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));

  it("moves everything from the disk to S3, to Supabase and back, byte by byte", async () => {
    await plant("data/media", media);
    const first = await run(s3Url(), "migrate");
    expect(first.output).toContain("100 of 130\n");
    expect(first.output).toContain("moved 130, skipped 0, broken 0, removed from the source 0");
    expect(sorted(inBucket(s3))).toEqual(sorted(media));
    expect(new Set([...s3.objects.values()].map(({ contentType }) => contentType))).toEqual(new Set(TYPES));
    expect(sorted(await filesOf("data/media"))).toEqual(sorted(media));

    const second = await run(supabaseUrl(), "migrate", "--from", s3Url(), "--remove");
    expect(second.output).toContain("moved 130, skipped 0, broken 0, removed from the source 130");
    expect(sorted(inBucket(supabase))).toEqual(sorted(media));
    expect(s3.objects.size).toBe(0);

    const third = await run(diskUrl("new"), "migrate", "--from", supabaseUrl());
    expect([first.code, second.code, third.code]).toEqual([0, 0, 0]);
    expect(sorted(await filesOf("new"))).toEqual(sorted(media));
    for (const secret of [s3.credentials.secretAccessKey, supabase.key])
      expect(first.output + second.output + third.output).not.toContain(secret);
  });

  it("goes on where a kill ended it, and does nothing the third time", async () => {
    await plant("data/media", media);
    const held = Promise.withResolvers<void>();
    const struck = Promise.withResolvers<void>();
    s3.fault({
      method: "PUT",
      after: 40,
      times: 9,
      fault: { kind: "hold", until: held.promise },
      struck: () => struck.resolve(),
    });
    const killed = start(s3Url(), "migrate", "--from", diskUrl("data/media"), "--remove");
    await Promise.race([
      struck.promise,
      killed.done.then(({ output }) => expect.unreachable(`it ended by itself: ${output}`)),
    ]);
    killed.child.kill("SIGKILL");
    await killed.done;
    held.resolve();
    const left = await filesOf("data/media");
    const together = new Map([...inBucket(s3), ...left]);
    expect(left.size).toBeGreaterThan(0);
    for (const key of media.keys()) expect(together.get(key), key).toEqual(media.get(key));

    const again = await run(s3Url(), "migrate", "--remove");
    expect(again).toMatchObject({ code: 0 });
    expect(again.output).toMatch(/moved \d+, skipped [1-9]\d*, broken 0/);
    for (const [key, bytes] of media)
      expect(s3.objects.get(`easel/${key}`)?.bytes.equals(bytes), key).toBe(true);
    expect(await filesOf("data/media")).toEqual(new Map());

    await plant("data/media", media);
    const puts = s3.requests.filter(({ method }) => method === "PUT").length;
    const third = await run(s3Url(), "migrate");
    expect(third.output).toContain("moved 0, skipped 130, broken 0");
    // One to see that the two are not the same store.
    expect(s3.requests.filter(({ method }) => method === "PUT").length).toBe(puts + 1);
  });

  it("leaves out what is broken, keeps it in the source, says which, and ends with 1", async () => {
    const [damagedKey = "", healedKey = "", ...others] = [...media.keys()].filter((key) =>
      /^gen_[3-7]\//.test(key),
    );
    const some = new Map(
      [damagedKey, healedKey, ...others].map((key) => [key, media.get(key) ?? Buffer.alloc(0)]),
    );
    await plant("old", some);
    await plant("old", new Map([[damagedKey, Buffer.from("not what it was")]]));
    await plant("old", new Map([["gen_9/named-otherwise.png", Buffer.from("x")]]));
    // Of the right size in the target, and damaged.
    const damaged = Buffer.from(some.get(healedKey) ?? []).fill("?", 0, 10);
    s3.objects.set(`easel/${healedKey}`, { bytes: damaged, contentType: "image/png" });

    const { code, output } = await run(s3Url(), "migrate", "--from", diskUrl("old"), "--remove");
    expect(code).toBe(1);
    expect(output).toContain(`broken ${damagedKey}: its content is not what its name says`);
    expect(output).toContain("broken gen_9/named-otherwise.png");
    expect(output).toMatch(/broken 2,/);
    const left = await filesOf("old");
    expect(left.has(damagedKey)).toBe(true);
    expect(left.has("gen_9/named-otherwise.png")).toBe(true);
    const wanted = new Map([...some].filter(([key]) => key !== damagedKey));
    expect(sorted(inBucket(s3))).toEqual(sorted(wanted));
  });

  it("refuses to move a store into itself, whatever its name is", async () => {
    await plant("data/media", new Map([...media].slice(0, 3)));
    s3.objects.set("easel/gen_1/a.png", { bytes: Buffer.from("x"), contentType: "image/png" });
    const aliases = [
      [diskUrl("data/media"), "file:./data/../data/media"],
      [s3Url(), `s3://${s3.bucket}/easel/?endpoint=${s3.url}/`],
      [s3Url(), `s3://${s3.bucket}/easel?endpoint=${s3.url.replace("127.0.0.1", "localhost")}`],
    ] as const;
    for (const [mediaUrl, from] of aliases) {
      const { code, output } = await run(mediaUrl, "migrate", "--from", from, "--remove");
      expect(output).toContain("are the same store");
      expect(code).toBe(2);
    }
    expect((await filesOf("data/media")).size).toBe(3);
    expect([...s3.objects.keys()]).toEqual(["easel/gen_1/a.png"]);
  });

  it("says what is missing, and what it cannot do, by names", async () => {
    const unknown = await run(s3Url(), "migrate", "--from", "ftp://somewhere");
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.output).toContain("--from: must be like file:./data/media or s3://");
    for (const args of [[], ["check"], ["migrate", "--everything"]]) {
      const { code, output } = await run(diskUrl("new"), ...args);
      expect(code).toBe(2);
      expect(output).toContain("Usage: npm run easel -- media migrate");
    }
    await plant("data/media", new Map([...media].slice(0, 3)));
    await s3.close();
    const away = await run(s3Url(), "migrate");
    expect(away).toMatchObject({ code: 1 });
    expect(away.output).toContain("the s3 media store is not available");
    expect(away.output).not.toContain(s3.credentials.secretAccessKey);
  });
});
