import { describe, expect, it } from "vitest";
import { answeredPicture, DOWNLOAD_BYTES, fileOf, withMask } from "./pictures.ts";
import { type IncomingMessage, updateSchema } from "./updates.ts";

function message(fields: object): IncomingMessage {
  const update = updateSchema.parse({
    message: { message_id: 1, chat: { id: 5, type: "private" }, from: { id: 5 }, ...fields },
  });
  if (!update.message) throw new Error("no message");
  return update.message;
}

const picture = (fileId: string, sizeBytes: number | null = null) => ({
  role: "picture",
  name: { fileId, sizeBytes },
});
const sizes = [
  { file_id: "small", width: 90, height: 90, file_size: 1_000 },
  { file_id: "large", width: 2_000, height: 2_000, file_size: 900_000 },
  { file_id: "middle", width: 800, height: 800, file_size: 90_000 },
];

describe("the file of a message", () => {
  it.each([
    ["a photo, by its largest size", { photo: sizes }, picture("large", 900_000), true],
    [
      "a photo, by the largest size that can be fetched",
      { photo: [...sizes, { file_id: "huge", width: 9_000, height: 9_000, file_size: DOWNLOAD_BYTES + 1 }] },
      picture("large", 900_000),
      true,
    ],
    [
      "a photo of unknown sides, by its last size",
      { photo: [{ file_id: "a" }, { file_id: "b" }] },
      picture("b"),
      true,
    ],
    ["an image sent as a file", { document: { file_id: "d", mime_type: "image/png" } }, picture("d"), true],
    ["any other file", { document: { file_id: "d", mime_type: "application/pdf" } }, picture("d"), false],
    ["a file without a type", { document: { file_id: "d" } }, picture("d"), false],
    ["a sticker", { sticker: { file_id: "s", is_animated: false, is_video: false } }, picture("s"), true],
    ["a video", { video: { file_id: "v", file_size: 7 } }, picture("v", 7), false],
    [
      "a film without sound, whatever its second name says",
      { animation: { file_id: "a" }, document: { file_id: "a", mime_type: "image/gif" } },
      picture("a"),
      false,
    ],
  ])("is %s", (_, fields, expected, isPicture) => {
    expect(fileOf(message(fields))).toEqual({ picture: expected, isPicture });
  });

  it.each([
    ["words alone", { text: "hello" }],
    ["a sticker that moves", { sticker: { file_id: "s", is_animated: true } }],
    ["a sticker that is a video", { sticker: { file_id: "s", is_video: true } }],
    ["a photo without sizes", { photo: [] }],
    ["an unknown shape", { photo: "x", document: 7, sticker: [], video: { file_id: "" } }],
    ["an absurd number of sizes", { photo: Array.from({ length: 40 }, () => sizes[0]) }],
  ])("is none for %s", (_, fields) => {
    expect(fileOf(message(fields))).toBeNull();
  });
});

describe("the picture that is answered", () => {
  it("is that of the message here, else that of a message in another chat", () => {
    const here = { message_id: 3, photo: sizes };
    const elsewhere = { origin: {}, document: { file_id: "e", mime_type: "image/webp" } };
    expect(answeredPicture(message({ reply_to_message: here, external_reply: elsewhere }))).toEqual(
      picture("large", 900_000),
    );
    expect(answeredPicture(message({ external_reply: elsewhere }))).toEqual(picture("e"));
  });

  it.each([
    ["a video", { video: { file_id: "v" } }],
    ["a film", { animation: { file_id: "a" }, document: { file_id: "a", mime_type: "image/gif" } }],
    ["a round video", { video_note: { file_id: "n" } }],
    ["another file", { document: { file_id: "d", mime_type: "text/html" } }],
  ])("is none for %s", (_, fields) => {
    expect(answeredPicture(message({ reply_to_message: { message_id: 3, ...fields } }))).toBeNull();
  });
});

describe("a mask", () => {
  it("is the last of the pictures that come with it", () => {
    const pictures = [fileOf(message({ photo: sizes })), fileOf(message({ sticker: { file_id: "s" } }))];
    const own = pictures.flatMap((file) => file?.picture ?? []);
    expect(withMask(own).map(({ role }) => role)).toEqual(["picture", "mask"]);
    expect(withMask([])).toEqual([]);
  });
});
