import { existsSync, readdirSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { Log } from "../../src/core/ports/log.ts";
import type { Provider, ProviderModule } from "../../src/providers/module.ts";
import { providers } from "../../src/providers/registry.ts";
import { realClock } from "./support/real-clock.ts";

const folder = new URL("../../src/providers/", import.meta.url);
const folders = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "shared")
  .map((entry) => entry.name);

const silence = (): void => undefined;
const log: Log = { debug: silence, info: silence, warn: silence, error: silence, child: () => log };
const ids = {
  create: <P extends string>(prefix: P): `${P}_${string}` => `${prefix}_1`,
  token: () => "token",
  receipt: () => "000000",
  random: () => 0.5,
  fingerprint: (text: string) => text,
  digest: (text: string) => text,
};

const open: Provider[] = [];
afterEach(async () => {
  for (const provider of open.splice(0)) await provider.close?.();
});

/** A provider with every variable of its own set to something that fits. */
function create(module: ProviderModule): Provider {
  const named = Object.keys(module.env.shape).filter((name) => name.endsWith("_KEY"));
  const start = module.load(Object.fromEntries(named.map((name) => [name, "some-key"])));
  if (!start) throw new Error(`${module.id} is off although its key is set`);
  const provider = start({ clock: realClock, ids, log });
  open.push(provider);
  return provider;
}

describe("the registry of providers", () => {
  it("has every folder, once", () => {
    expect(providers.map((module) => module.id).sort()).toEqual([...folders].sort());
  });

  it.each(folders)("%s has the files that every provider has", (name) => {
    const module = providers.find((candidate) => candidate.id === name);
    const always = ["index.ts", "config.ts", "models.ts"];
    const onTheWire = ["client.ts", "schema.ts", "errors.ts", "__fixtures__"];
    const wanted = module?.turnedOnBy === null ? always : [...always, ...onTheWire];
    expect(wanted.filter((file) => !existsSync(new URL(`${name}/${file}`, folder)))).toEqual([]);
  });

  it.each(providers.map((module) => [module.id, module] as const))(
    "%s is off without its variable and on with it",
    (_id, module) => {
      expect(module.load({}) === null).toBe(module.turnedOnBy !== null);
      expect(create(module).generator?.models.length).toBeGreaterThan(0);
    },
  );

  it("gives every model an id of its own, of each kind", () => {
    const models = providers.flatMap((module) => create(module).generator?.models ?? []);
    const names = models.map((model) => `${model.id} ${model.kind}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(["KIE_API_URL", "GEMINI_API_URL"])("refuses %s when it is no http URL", (name) => {
    for (const value of ["ftp://x.test", "nowhere", "javascript:alert(1)"]) {
      const failing = providers.filter((module) => !module.env.safeParse({ [name]: value }).success);
      expect(failing).toHaveLength(1);
    }
  });

  it("prints no key of a setting", () => {
    for (const module of providers) {
      const names = Object.keys(module.env.shape);
      const settings = module.env.parse(
        Object.fromEntries(names.map((name) => [name, name.endsWith("_URL") ? "https://x.test" : "canary"])),
      );
      const keys = Object.fromEntries(Object.entries(settings).filter(([name]) => name.endsWith("_KEY")));
      expect(`${JSON.stringify(keys)} ${Object.values(keys).join(" ")}`).not.toContain("canary");
    }
  });
});
