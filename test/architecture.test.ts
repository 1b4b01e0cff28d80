import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { violations } from "./support/source-rules.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = globSync(["src/**/*.ts", "test/**/*.ts"], { cwd: root }).map((path) => ({
  path: path.replaceAll("\\", "/"),
  text: readFileSync(`${root}/${path}`, "utf8"),
}));

describe("the architecture", () => {
  it("is kept by every source file", () => {
    const broken = sources.flatMap((source) =>
      violations(source).map((violation) => `${source.path} ${violation}`),
    );
    expect(broken).toEqual([]);
  });

  it("is checked on the files that exist", () => {
    const inFolder = (folder: string) => sources.filter(({ path }) => path.startsWith(folder)).length;
    expect(inFolder("src/core/")).toBeGreaterThan(10);
    expect(inFolder("src/providers/")).toBeGreaterThan(10);
    expect(inFolder("test/emulators/")).toBeGreaterThan(10);
  });
});

describe("the check of the architecture", () => {
  const caught: [path: string, text: string, violation: string][] = [
    ["src/core/usage/a.ts", 'import { x } from "../../db/x.ts";', "imports src/db/x.ts"],
    ["src/core/usage/a.ts", 'import type { X } from "../../bots/module.ts";', "imports src/bots/module.ts"],
    ["src/core/usage/a.ts", 'export * from "../../web/x.ts";', "imports src/web/x.ts"],
    ["src/core/usage/a.ts", 'const x = await import("../../app.ts");', "imports src/app.ts"],
    ["src/core/usage/a.ts", 'type X = import("../../media/x.ts").X;', "imports src/media/x.ts"],
    ["src/core/usage/a.test.ts", 'import { x } from "../../db/x.ts";', "imports src/db/x.ts"],
    ["src/core/usage/a.ts", 'import { x } from "../../../test/x.ts";', "imports test/x.ts"],
    ["src/core/usage/a.ts", 'import { readFile } from "node:fs";', "core imports node:fs"],
    ["src/core/usage/a.ts", 'import pg from "pg";', "core imports pg"],
    ["src/bots/discord/a.ts", 'import { x } from "../telegram/x.ts";', "imports src/bots/telegram/x.ts"],
    ["src/bots/discord/a.ts", 'import { x } from "../registry.ts";', "imports src/bots/registry.ts"],
    [
      "src/bots/discord/a.ts",
      'import { x } from "../../providers/kie/x.ts";',
      "imports src/providers/kie/x.ts",
    ],
    ["src/providers/kie/a.ts", 'import { x } from "../gemini/x.ts";', "imports src/providers/gemini/x.ts"],
    ["src/scheduler/a.ts", 'import { x } from "../db/x.ts";', "imports src/db/x.ts"],
    ["src/bots/telegram/a.ts", 'import { Client } from "discord.js";', "imports discord.js outside its home"],
    ["src/web/a.ts", 'import { eq } from "drizzle-orm/pg-core";', "imports drizzle-orm outside its home"],
    [
      "src/web/a.ts",
      'import x from "@google/generative-ai";',
      "imports @google/generative-ai outside its home",
    ],
    ["src/web/a.ts", 'import x from "left-pad";', "imports left-pad, which has no home"],
    ["src/web/a.ts", "const x = process.env.PORT;", "reads process.env"],
    ["src/web/a.ts", 'const x = process["env"];', "reads process.env"],
    ["src/web/a.ts", 'import { env } from "node:process";', "imports process"],
    ["src/system.ts", "const x = process.env.PORT;", "reads process.env"],
    ["src/web/a.ts", "const x = Date.now();", "reads the clock (Date.now)"],
    ["src/web/a.ts", "const x = new Date();", "reads the clock (new Date)"],
    ["src/web/a.ts", "const x = Math.random();", "draws chance (Math.random)"],
    ["src/web/a.ts", "const x = crypto.randomUUID();", "draws chance (crypto.randomUUID)"],
    ["src/web/a.ts", 'import { randomBytes as r } from "node:crypto";', "draws chance (randomBytes)"],
    ["test/emulators/kie/a.ts", 'import { x } from "../../../src/app.ts";', "imports src/app.ts"],
  ];
  it.each(caught)("catches in %s: %s", (path, text, violation) => {
    expect(violations({ path, text })).toEqual([violation]);
  });

  const allowed: [path: string, text: string][] = [
    ["src/app.ts", 'import { x } from "./db/x.ts"; import { y } from "./bots/registry.ts";'],
    ["src/core/usage/a.ts", 'import { z } from "zod"; import { x } from "../ports/clock.ts";'],
    [
      "src/core/usage/a.test.ts",
      'import { it } from "vitest"; import { x } from "../../../test/fakes/x.ts";',
    ],
    ["src/bots/discord/a.ts", 'import { Client } from "discord.js"; import type { X } from "../module.ts";'],
    ["src/bots/registry.ts", 'import { discord } from "./discord/index.ts";'],
    ["src/providers/kie/a.ts", 'import { x } from "../shared/http.ts"; import { x } from "../../core/x.ts";'],
    ["src/config.ts", "const x = process.env;"],
    ["src/system.ts", "const x = Date.now() + Math.random();"],
    ["src/web/a.ts", "const x = new Date(0);"],
    ["src/web/a.test.ts", "const x = Date.now();"],
  ];
  it.each(allowed)("lets pass in %s: %s", (path, text) => {
    expect(violations({ path, text })).toEqual([]);
  });
});
