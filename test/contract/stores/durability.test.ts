import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { checkLedger } from "../../../src/db/ledger-check.ts";
import { createStores } from "../../../src/db/stores.ts";
import { openTestDatabase } from "../../support/databases.ts";

const folder = mkdtempSync(join(tmpdir(), "easel-durability-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a writer and kills it (SIGKILL) in the middle of its work; gives back what it had been told was done. */
function runAndKill(url: string, name: string, afterLines: number): Promise<string[]> {
  const script = fileURLToPath(new URL("writer-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, url, name], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) => {
    let output = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      output += text;
      if (output.split("\n").length > afterLines) child.kill("SIGKILL");
    });
    // The last line may be cut off.
    child.on("close", () => resolve(output.split("\n").slice(0, -1)));
  });
}

describe("SQLite under kill -9", () => {
  it("keeps everything that was acknowledged, and the ledger adds up, with two processes writing", async () => {
    const url = `file:${join(folder, "killed.db")}`;
    await (await openTestDatabase(url)).close();
    const [first, second] = await Promise.all([runAndKill(url, "a", 150), runAndKill(url, "b", 223)]);
    const lines = [...first, ...second, ...(await runAndKill(url, "c", 97))];
    expect(lines.length).toBeGreaterThan(400);

    const database = await openTestDatabase(url);
    const { generation } = createStores(database);
    const cancelled = new Set(lines.flatMap((line) => /^cancelled (gen_.*)$/.exec(line)?.[1] ?? []));
    const lost: string[] = [];
    for (const line of lines) {
      const id = /^ordered gen_(.*)$/.exec(line)?.[1];
      if (id === undefined) continue;
      const asset = await generation.get(`gen_${id}`);
      if (asset === null || (cancelled.has(asset.id) && asset.state !== "cancelled")) lost.push(line);
    }
    expect(lost).toEqual([]);
    expect(await checkLedger(database)).toEqual([]);
    await database.close();
  });
});
