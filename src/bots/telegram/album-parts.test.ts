import { describe, expect, it } from "vitest";
import { createManualClock } from "../../../test/contract/support/manual-clock.ts";
import { createAlbumParts } from "./album-parts.ts";

const part = (messageId: number, albumId = "5:album") => ({
  albumId,
  messageId,
  file: { picture: { role: "picture" as const, name: { fileId: `f${messageId}` } }, isPicture: true },
  speaks: false,
});
const never = new AbortController().signal;

describe("the parts of an album", () => {
  it("come together within a second, in the order of the messages, once", async () => {
    const clock = createManualClock();
    const albums = createAlbumParts<string>(clock);
    albums.note(part(2));
    const first = albums.join("5:album", "row 2");
    if (first.status !== "first") throw new Error("not the first");
    const gathering = first.gather(never);
    clock.advance(400);
    albums.note(part(1));
    albums.note(part(1));
    expect(albums.join("5:album", "row 1").status).toBe("joined");
    albums.note(part(9, "5:other"));
    clock.advance(600);
    const { rows, files } = await gathering;
    expect(rows).toEqual(["row 2", "row 1"]);
    expect(files.map(({ picture }) => picture.name)).toEqual([{ fileId: "f1" }, { fileId: "f2" }]);
    albums.note(part(3));
    expect(albums.join("5:album", "row 3").status).toBe("late");
    expect((await first.gather(never)).files).toHaveLength(2);
  });

  it("are not more than an album has, and of long past albums nothing is kept", async () => {
    const clock = createManualClock();
    const albums = createAlbumParts<string>(clock);
    const first = albums.join("5:album", "row");
    for (let id = 0; id < 50; id += 1) albums.note(part(id));
    for (let id = 0; id < 2_000; id += 1) albums.note(part(id, `5:${id}`));
    expect(albums.join("5:album", "again").status).toBe("first");
    if (first.status !== "first") throw new Error("not the first");
    clock.advance(1_000);
    expect((await first.gather(never)).files).toHaveLength(10);
  });
});
