import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import type { Stores } from "../../src/core/ports/stores.ts";
import { silentLog } from "../support/databases.ts";
import { assetIn, LEASE_MS, NOON } from "../support/store-fixtures.ts";

const folder = mkdtempSync(join(tmpdir(), "easel-second-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configFor = (port: string) =>
  loadConfig({
    PORT: port,
    DATABASE_URL: `file:${join(folder, "easel.db")}`,
    MEDIA_URL: `file:${join(folder, "media")}`,
  });

it("leaves the work of the process that runs alone, when a second one is started by mistake", async () => {
  let stores: Stores | undefined;
  const first = await createApp(configFor("0"), {
    log: silentLog,
    stores: (real) => {
      stores = real;
      return real;
    },
  });
  const { url } = await first.start();
  try {
    if (stores === undefined) throw new Error("the first app has no stores");
    const held = await assetIn(stores, "submitting");
    const delivery = await stores.deliveries.statusOf(held.batchId);
    const second = await createApp(configFor(new URL(url).port), { log: silentLog });
    await expect(second.start()).rejects.toThrow(/in use/);
    expect(await stores.generation.renew(held, NOON + 2 * LEASE_MS)).toBe(true);
    expect(delivery).not.toBeNull();
  } finally {
    await first.stop();
  }
});
