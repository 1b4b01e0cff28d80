import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { violations } from "../support/source-rules.ts";
import { type GeneratorWorld, generatorContract } from "./generator-contract.ts";
import ready from "./support/example-provider/__fixtures__/ready.json" with { type: "json" };
import { lantern } from "./support/example-provider/index.ts";
import { pictureSchema } from "./support/example-provider/schema.ts";
import { startLantern } from "./support/example-service.ts";
import { generatorOf, SECRET } from "./support/generator-worlds.ts";

/** Any folder of a provider: what its files see from there. */
const providersFolder = new URL("../../src/providers/openai/", import.meta.url);

generatorContract("lantern (the example in the documentation)", async (): Promise<GeneratorWorld> => {
  const service = await startLantern();
  const settings = { LANTERN_API_KEY: SECRET, LANTERN_API_URL: service.url };
  const { generator, closeProvider } = generatorOf(lantern, settings);
  return {
    generator,
    secret: SECRET,
    disturb: {
      busy: () => service.answerNext({ status: 429 }),
      "refuses content": () => service.answerNext("refuse later"),
      "refuses the key": () => service.answerNext({ status: 401 }),
      "HTML instead of an answer": () => service.answerNext("html"),
      "answer lost after processing": () => service.answerNext("cut after"),
      "connection cut before processing": () => service.answerNext("cut"),
      unreachable: service.pause,
    },
    disturbProbe: {
      "refuses the key": () => service.answerAccount({ status: 401 }),
      "HTML instead of an answer": () => service.answerAccount("html"),
      unreachable: service.pause,
    },
    asked: service.creates,
    paid: service.made,
    violations: () => [...service.violations, ...service.errors],
    finish: () => undefined,
    bytesOf: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
    close: async () => {
      await closeProvider();
      await service.close();
    },
  };
});

describe("the example, moved to where a provider stands", () => {
  const folder = new URL("support/example-provider/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));

  it.each(files)(
    "%s keeps the rules of that place, with the imports that the documentation tells to shorten",
    (name) => {
      const text = readFileSync(new URL(name, folder), "utf8")
        .replaceAll("../../../../src/providers/", "../")
        .replaceAll("../../../../src/core/", "../../core/");
      expect(violations({ path: `src/providers/lantern/${name}`, text })).toEqual([]);
      const elsewhere = [...text.matchAll(/from "(\.\.[^"]*)"/g)].map(([, path = ""]) => path);
      const missing = elsewhere.filter((path) => !existsSync(new URL(path, providersFolder)));
      expect(missing).toEqual([]);
    },
  );
});

describe("the recorded answers of the example", () => {
  it("can be read", () => {
    expect(pictureSchema.parse(ready)).toMatchObject({
      state: "ready",
      link: expect.stringMatching(/^https:/),
    });
  });
});
