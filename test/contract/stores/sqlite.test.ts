import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { openTestDatabase } from "../../support/databases.ts";
import { unique } from "../../support/store-fixtures.ts";
import { storesContract } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "easel-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the stores on SQLite", () => {
  storesContract(() => openTestDatabase(`file:${join(folder, `${unique("db")}.db`)}`));
});
