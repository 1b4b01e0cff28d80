import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { openMediaStore } from "../../src/media/registry.ts";
import { type SupabaseEmulator, startSupabaseEmulator } from "../emulators/supabase/index.ts";
import { remoteStoreContract } from "./media-remote-contract.ts";
import { realClock } from "./support/real-clock.ts";

const settingsOf = ({ url, key }: SupabaseEmulator): Record<string, string> => ({
  SUPABASE_URL: url,
  SUPABASE_SERVICE_KEY: key,
});

remoteStoreContract("supabase", async () => {
  const server = await startSupabaseEmulator({ pageSize: 100 });
  return {
    server,
    mediaUrl: `supabase://${server.bucket}/easel/media`,
    environment: settingsOf(server),
    prefix: "easel/media/",
    secrets: [server.key, "Bearer"],
  };
});

describe("the Supabase media store", () => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });
  const setUp = async (change: { settings?: Record<string, string>; bucket?: string } = {}) => {
    const server = await startSupabaseEmulator();
    const { store, close } = openMediaStore(
      `supabase://${change.bucket ?? server.bucket}`,
      { ...settingsOf(server), ...change.settings },
      { clock: realClock },
    );
    cleanUps.push(close, server.close);
    return { server, store };
  };
  const bytes = Buffer.from("media");
  const key = `gen_1/${createHash("sha256").update(bytes).digest("hex")}.png`;

  it("sends what the service's own library sends", async () => {
    const { server, store } = await setUp();
    await store.put(key, bytes, "image/png");
    await store.put(key, bytes, "image/png");
    expect(Buffer.from((await store.read(key)) ?? [])).toEqual(bytes);
    expect(await Array.fromAsync(store.keys(""))).toEqual([key]);
    await store.remove("gen_1");
    expect(server.objects.size).toBe(0);
    expect(server.violations).toEqual([]);
    expect([...new Set(server.requests.map(({ status }) => status))]).toEqual([200]);
  });

  it("counts a file that another process stored first as stored", async () => {
    const { server, store } = await setUp();
    server.fault({ fault: { kind: "error", status: 409, code: "Duplicate" } });
    await store.put(key, bytes, "image/png");
    expect(server.requests).toHaveLength(1);
  });

  it("takes the status from the body: HTTP says 400 to a file that is not there", async () => {
    const { server, store } = await setUp();
    expect(await store.read(key)).toBeNull();
    expect(await store.stream(key, { start: 3 })).toBeNull();
    expect(server.requests.map(({ status }) => status)).toEqual([400, 400]);
  });

  it.each([
    [{ settings: { SUPABASE_SERVICE_KEY: "sb_secret_other" } }, "http 401"],
    [{ bucket: "no-such-bucket" }, "Bucket not found"],
  ])("says what the operator must set right: %j", async (change, reason) => {
    const { server, store } = await setUp(change);
    const wanted = { code: "STORE_UNAVAILABLE", context: { reason } };
    await expect(store.put(key, bytes, "image/png")).rejects.toMatchObject(wanted);
    await expect(store.read(key)).rejects.toMatchObject(wanted);
    await expect(store.stream(key, { start: 0 })).rejects.toMatchObject(wanted);
    await expect(Array.fromAsync(store.keys(""))).rejects.toMatchObject(wanted);
    expect(server.requests).toHaveLength(4);
  });

  it("is content with an address that ends in the service's path", async () => {
    const { server, store } = await setUp();
    const other = openMediaStore(
      `supabase://${server.bucket}/`,
      { ...settingsOf(server), SUPABASE_URL: `${server.url}/storage/v1/` },
      { clock: realClock },
    );
    cleanUps.unshift(other.close);
    await other.store.put(key, bytes, "image/png");
    expect(await store.read(key)).not.toBeNull();
  });
});
