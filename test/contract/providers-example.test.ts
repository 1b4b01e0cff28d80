import { describe, expect, it } from "vitest";
import { pictureSchema } from "./support/example-provider/schema.ts";
import ready from "./support/example-provider/__fixtures__/ready.json" with { type: "json" };
import { lantern } from "./support/example-provider/index.ts";
import { startLantern } from "./support/example-service.ts";
import { type GeneratorWorld, generatorContract } from "./generator-contract.ts";
import { generatorOf, SECRET } from "./support/generator-worlds.ts";

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

describe("the recorded answers of the example", () => {
  it("can be read", () => {
    expect(pictureSchema.parse(ready)).toMatchObject({
      state: "ready",
      link: expect.stringMatching(/^https:/),
    });
  });
});
