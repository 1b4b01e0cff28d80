import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { referencesOf } from "./support/document-references.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = globSync(["README.md", "CONTRIBUTING.md", "docs/**/*.md"], { cwd: root });
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8");
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read("package.json")));

describe("the documentation", () => {
  it("begins with a README and tells contributors where to go", () => {
    expect(pages).toEqual(expect.arrayContaining(["README.md", "CONTRIBUTING.md"]));
  });

  it.each(pages)("%s names only what exists", (page) => {
    const folder = dirname(page) === "." ? "" : dirname(page);
    const { paths, scripts: named, subcommands } = referencesOf(read(page), folder);
    expect(paths.filter((path) => !existsSync(`${root}/${path}`))).toEqual([]);
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
    const entry = subcommands.length === 0 ? "" : read("src/main.ts");
    expect(subcommands.filter((subcommand) => !new RegExp(`\\b${subcommand}\\b`).test(entry))).toEqual([]);
  });
});

describe("the check of the documentation", () => {
  it("finds paths in code spans and relative links, but not in examples of output", () => {
    const { paths } = referencesOf(
      "See `src/core/a.ts:12`, `node scripts/b.mjs`, `src/bots/<name>/index.ts`, [c](../c.md#top), [d](https://d.example/docs/e.md)\n```\n`src/no.ts`\n```\n",
      "docs/decisions",
    );
    expect(paths).toEqual(["src/core/a.ts", "scripts/b.mjs", "src/bots", "docs/c.md"]);
  });

  it("finds npm scripts and subcommands wherever they stand", () => {
    const { scripts: named, subcommands } = referencesOf(
      "`npm start`\n```\nnpm run types\nnpm run easel -- db copy\n```\n",
      "",
    );
    expect(named).toEqual(["start", "types", "easel"]);
    expect(subcommands).toEqual(["db"]);
  });
});
