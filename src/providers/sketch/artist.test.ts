import { afterEach, describe, expect, test } from "vitest";
import { type Artist, createArtist } from "./artist.ts";
import type { SketchRequest } from "./request.ts";

const request: SketchRequest = {
  prompt: "a boat on the sea",
  seed: 1,
  style: null,
  aspect: "1:1",
  kind: "image",
};
const forever = () => new AbortController().signal;
let artist: Artist | undefined;

afterEach(async () => {
  await artist?.close();
  artist = undefined;
});

describe("the artist", () => {
  test("draws in a process of its own and hands the picture over", async () => {
    artist = createArtist();
    const sketch = await artist.draw(request, forever());
    expect(sketch).toMatchObject({ mimeType: "image/jpeg", width: 1024, height: 1024 });
    expect(sketch.bytes.length).toBeGreaterThan(20_000);
  });

  test("draws several at once with one process, each with its own answer", async () => {
    const drawer = createArtist({ processes: 1 });
    artist = drawer;
    const sketches = await Promise.all(
      (["1:1", "3:2", "2:3"] as const).map((aspect) => drawer.draw({ ...request, aspect }, forever())),
    );
    expect(sketches.map((sketch) => sketch.width)).toEqual([1024, 1248, 832]);
  });

  test("gives up what is stopped and draws the next all the same", async () => {
    artist = createArtist({ processes: 1 });
    const stop = new AbortController();
    const video = artist.draw({ ...request, kind: "video" }, stop.signal);
    const waiting = artist.draw(request, stop.signal);
    const next = artist.draw(request, forever());
    stop.abort(new Error("cancelled"));
    await expect(video).rejects.toThrow("cancelled");
    await expect(waiting).rejects.toThrow("cancelled");
    expect((await next).width).toBe(1024);
  });

  test("ends a drawing at its deadline and lives on", async () => {
    artist = createArtist({ processes: 1, deadlineMs: 1 });
    await expect(artist.draw(request, forever())).rejects.toThrow("too long");
    await expect(artist.draw(request, forever())).rejects.toThrow("too long");
  });

  test("refuses work once it is closed", async () => {
    artist = createArtist();
    await artist.close();
    await expect(artist.draw(request, forever())).rejects.toThrow("closed");
  });
});
