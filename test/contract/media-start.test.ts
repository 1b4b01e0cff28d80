import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import { systemClock } from "../../src/system.ts";
import { type S3Emulator, startS3Emulator } from "../emulators/s3/index.ts";
import { silentLog } from "../support/databases.ts";

const folder = mkdtempSync(join(tmpdir(), "easel-media-start-"));
let s3: S3Emulator | undefined;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  await s3?.close();
  s3 = undefined;
});

let count = 0;
async function startWith(environment: Readonly<Record<string, string>>): Promise<string> {
  count += 1;
  const config = loadConfig({
    PORT: "0",
    DATABASE_URL: `file:${join(folder, String(count), "easel.db")}`,
    ...environment,
  });
  // Deadlines are kept, pauses of some seconds are not: nobody waits here for a store to come back.
  const sleep = (delayMs: number, signal?: AbortSignal) =>
    systemClock.sleep(signal === undefined && delayMs <= 10_000 ? 1 : delayMs, signal);
  const clock = { ...systemClock, sleep };
  const app = await createApp(config, { log: silentLog, clock });
  try {
    await app.start();
    return "started";
  } catch (error) {
    return error instanceof Error ? error.message : "?";
  } finally {
    await app.stop();
  }
}

async function remote(changes: { readonly bucket?: string; readonly secret?: string } = {}) {
  s3 = await startS3Emulator();
  const { bucket, credentials, url } = s3;
  return {
    MEDIA_URL: `s3://${changes.bucket ?? bucket}/easel?endpoint=${url}`,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: changes.secret ?? credentials.secretAccessKey,
  };
}

describe("a start", () => {
  it("tries the store and leaves nothing but its mark", async () => {
    expect(await startWith(await remote())).toBe("started");
    expect([...(s3?.objects.keys() ?? [])]).toEqual([
      expect.stringMatching(/^easel\/instance\/[0-9a-f]{64}\.png$/),
    ]);
  });

  it("does not happen with a wrong key, and says which settings to look at", async () => {
    const secret = "wrong-secret-canary";
    const said = await startWith(await remote({ secret }));
    expect(said).toMatch(/^media cannot be stored in s3:.* \(put: 403 SignatureDoesNotMatch\): check /);
    expect(said).toMatch(/check MEDIA_URL, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_REGION$/);
    expect(said).not.toContain(secret);
  });

  it("waits for a store that is away for a moment", async () => {
    const environment = await remote();
    // More than one put tries by itself.
    s3?.fault({ method: "PUT", times: 4, fault: { kind: "error", status: 503, code: "SlowDown" } });
    expect(await startWith(environment)).toBe("started");
  });

  it("does not happen where the store stays away", async () => {
    const environment = await remote();
    s3?.fault({ method: "PUT", times: 99, fault: { kind: "error", status: 503, code: "SlowDown" } });
    expect(await startWith(environment)).toContain("(put: 503 SlowDown)");
  });

  it("does not happen with a bucket that is not there", async () => {
    expect(await startWith(await remote({ bucket: "no-such-bucket" }))).toContain("(put: 404 NoSuchBucket)");
  });

  it("does not happen where files cannot be removed", async () => {
    const environment = await remote();
    s3?.fault({ method: "DELETE", times: 9, fault: { kind: "error", status: 403, code: "AccessDenied" } });
    expect(await startWith(environment)).toContain("403 AccessDenied");
  });

  it("does not happen where the folder is none", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const said = await startWith({ MEDIA_URL: `file:${file}` });
    expect(said).toBe(`media cannot be stored in file:${file} (ENOTDIR): check MEDIA_URL`);
  });
});
