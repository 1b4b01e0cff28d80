import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { mediaProblems, mediaStores } from "../../src/media/registry.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folders = readdirSync(`${root}/src/media`, { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);

describe("the registry of media stores", () => {
  it("has every folder that holds a store", () => {
    expect(folders.length).toBe(mediaStores.length);
    expect(new Set(mediaStores.map(({ id }) => id)).size).toBe(mediaStores.length);
  });

  it.each(folders.map(({ name }) => name))("%s goes through the contract of media stores", (name) => {
    const test = `${root}/test/contract/media-${name}.test.ts`;
    expect(existsSync(test)).toBe(true);
    expect(readFileSync(test, "utf8")).toMatch(/^(mediaStoreContract|remoteStoreContract)\(/m);
  });

  it.each(mediaStores.map(({ id, example }) => [id, example]))(
    "%s reads its own example %s",
    (id, example) => {
      expect(example.startsWith(`${id}:`)).toBe(true);
      const problems = mediaProblems(example.replace("https://…", "https://host"), {});
      expect(problems.filter((problem) => problem.startsWith("MEDIA_URL"))).toEqual([]);
    },
  );
});
