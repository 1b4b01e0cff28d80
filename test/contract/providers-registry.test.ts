import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { ASPECTS } from "../../src/core/ports/generator.ts";
import type { Environment } from "../../src/core/ports/module.ts";
import type { Provider, ProviderModule } from "../../src/providers/module.ts";
import { providers } from "../../src/providers/registry.ts";
import { countingIds, silentLog } from "./support/adapter-dependencies.ts";
import { lantern } from "./support/example-provider/index.ts";
import { generatorWorlds } from "./support/generator-worlds.ts";
import { realClock } from "./support/real-clock.ts";

const root = new URL("../../", import.meta.url);
const folder = new URL("src/providers/", root);
const folders = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "shared")
  .map((entry) => entry.name);

/** What is registered, and the example of the documentation, which keeps the same rules. */
const modules: readonly (readonly [string, ProviderModule, URL])[] = [
  ...providers.map((module) => [module.id, module, new URL(`${module.id}/`, folder)] as const),
  ["lantern (example)", lantern, new URL("test/contract/support/example-provider/", root)],
];

const open: Provider[] = [];
afterEach(async () => {
  for (const provider of open.splice(0)) await provider.close?.();
});

const variablesOf = (module: ProviderModule): string[] => Object.keys(module.env.shape);

function start(module: ProviderModule, environment: Environment): Provider {
  const create = module.load(environment);
  if (!create) throw new Error(`${module.id} is off`);
  const provider = create({ clock: realClock, ids: countingIds(), log: silentLog });
  open.push(provider);
  return provider;
}

/** A provider with every key of its own set to something that fits. */
function create(module: ProviderModule): Provider {
  const keys = variablesOf(module).filter((name) => name.endsWith("_KEY"));
  return start(module, Object.fromEntries(keys.map((name) => [name, "some-key"])));
}

const modelsOf = (module: ProviderModule) => create(module).generator?.models ?? [];
const generates = (module: ProviderModule): boolean => create(module).generator !== undefined;

describe("the registry of providers", () => {
  it("has every folder, once, under the folder's name", () => {
    expect(providers.map((module) => module.id).sort()).toEqual([...folders].sort());
  });

  it("has a world in the generator contract for each that generates, and for nobody else", () => {
    const generating = providers.filter(generates).map((module) => module.id);
    expect(Object.keys(generatorWorlds).sort()).toEqual(generating.sort());
  });

  it("gives every model an id of its own, of each kind", () => {
    const models = modules.flatMap(([, module]) => modelsOf(module));
    const names = models.map((model) => `${model.id} ${model.kind}`);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it("means the same by a variable that two of them read", () => {
    const samples = [undefined, "", "word", "7", "https://x.test/v1/", "ftp://x.test"];
    for (const name of new Set(providers.flatMap(variablesOf))) {
      const readings = providers
        .filter((module) => variablesOf(module).includes(name))
        .map((module) =>
          samples.map((sample) => {
            const parsed = module.env.safeParse({ [name]: sample });
            return parsed.success ? JSON.stringify(parsed.data[name]) : "refused";
          }),
        );
      for (const reading of readings) expect(reading, name).toEqual(readings[0]);
    }
  });

  it("has every variable in .env.example", () => {
    const example = readFileSync(new URL(".env.example", root), "utf8");
    const missing = providers
      .flatMap(variablesOf)
      .filter((name) => !new RegExp(`^(# )?${name}=`, "m").test(example));
    expect(missing).toEqual([]);
  });
});

describe.each(modules)("the provider %s", (_id, module, home) => {
  it("has the files that every provider has", () => {
    const always = ["index.ts", "config.ts", ...(generates(module) ? ["models.ts"] : [])];
    const onTheWire = ["client.ts", "schema.ts", "errors.ts", "__fixtures__"];
    const wanted = module.turnedOnBy === null ? always : [...always, ...onTheWire];
    expect(wanted.filter((file) => !existsSync(new URL(file, home)))).toEqual([]);
  });

  it("is off without its settings and on with each that it names", () => {
    expect(module.load({}) === null).toBe(module.turnedOnBy !== null);
    for (const name of module.turnedOnBy?.match(/[A-Z][A-Z0-9_]+/g) ?? []) {
      expect(variablesOf(module)).toContain(name);
      const value = name.endsWith("_URL") ? "https://x.test" : "some-key";
      const { generator, captions, publisher } = start(module, { [name]: value });
      expect([...(generator?.models ?? []), captions, publisher].some(Boolean), name).toBe(true);
    }
  });

  it("describes its models so that they can be offered", () => {
    const models = modelsOf(module);
    expect(models.length > 0).toBe(generates(module));
    for (const model of models) {
      expect(model.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(model.label).toMatch(/^\S(.*\S)?$/);
      expect(model.label.length).toBeLessThanOrEqual(40);
      expect(model.aspects.length).toBeGreaterThan(0);
      expect(model.aspects.filter((aspect) => !ASPECTS.includes(aspect))).toEqual([]);
      expect(new Set(model.aspects).size).toBe(model.aspects.length);
      expect(model.maxReferences).toBeGreaterThanOrEqual(0);
      // What costs is never asked twice; what is free has no price.
      expect(model.paid && model.repeatable, `${model.id}: paid and repeatable`).toBe(false);
      expect(!model.paid && model.costDollars !== null && model.costDollars > 0).toBe(false);
      expect(model.sketch && model.paid).toBe(false);
    }
  });

  it("trusts only hosts that can be checked", () => {
    const hosts = create(module).generator?.resultHosts;
    for (const suffix of hosts?.suffixes ?? []) expect(suffix).toMatch(/^\.[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    for (const origin of hosts?.trustedOrigins ?? []) expect(new URL(origin).origin).toBe(origin);
  });

  it("refuses every address of a service that is no http URL", () => {
    for (const name of variablesOf(module).filter((variable) => variable.endsWith("_URL"))) {
      for (const value of ["ftp://x.test", "nowhere", "javascript:alert(1)"]) {
        expect(module.env.safeParse({ [name]: value }).success, `${name}=${value}`).toBe(false);
      }
    }
  });

  it("prints no key of a setting", () => {
    const names = variablesOf(module);
    const settings = module.env.parse(
      Object.fromEntries(names.map((name) => [name, name.endsWith("_URL") ? "https://x.test" : "canary"])),
    );
    const keys = Object.fromEntries(Object.entries(settings).filter(([name]) => name.endsWith("_KEY")));
    expect(`${JSON.stringify(keys)} ${Object.values(keys).join(" ")}`).not.toContain("canary");
  });
});
