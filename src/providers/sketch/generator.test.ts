import { describe, expect, test } from "vitest";
import type { GenerateRequest } from "../../core/ports/generator.ts";
import { type Artist, ArtistError } from "./artist.ts";
import { createSketchGenerator } from "./index.ts";

const request: GenerateRequest = {
  model: "sketch",
  kind: "image",
  prompt: "a red fox in the snow",
  aspect: "3:2",
  style: "ink",
  seed: 5,
  references: [],
  mask: null,
};
const context = { signal: new AbortController().signal, callbackUrl: null };

function throwing(error: Error): Artist {
  return {
    async draw() {
      throw error;
    },
    async close() {},
  };
}

describe("the sketch generator", () => {
  test("asks the artist for exactly what was ordered and answers with the bytes", async () => {
    const asked: unknown[] = [];
    const generator = createSketchGenerator({
      async draw(order) {
        asked.push(order);
        return { bytes: new Uint8Array([1]), mimeType: "image/jpeg", width: 1, height: 1 };
      },
      async close() {},
    });
    expect(await generator.start(request, context)).toEqual({
      status: "done",
      media: [{ bytes: new Uint8Array([1]) }],
    });
    expect(asked).toEqual([{ prompt: request.prompt, seed: 5, style: "ink", aspect: "3:2", kind: "image" }]);
  });

  test.each([
    ["late", "transient"],
    ["lost", "transient"],
    ["error", "transient"],
    ["closed", "busy"],
  ] as const)("tells a drawing that ended as %s as %s", async (reason, kind) => {
    const generator = createSketchGenerator(throwing(new ArtistError(reason, "x")));
    expect(await generator.start(request, context)).toMatchObject({ status: "failed", failure: { kind } });
  });

  test("offers a picture and a film under one name, free and repeatable", () => {
    const { models } = createSketchGenerator(throwing(new Error("unused")));
    expect(models.map(({ id, kind }) => `${id} ${kind}`)).toEqual(["sketch image", "sketch video"]);
    expect(models.every(({ paid, repeatable, sketch }) => !paid && repeatable && sketch)).toBe(true);
  });
});
