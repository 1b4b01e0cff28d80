import { describe, expect, it } from "vitest";
import type { StoredMedia } from "../ports/media.ts";
import type { PlatformLimits } from "../ports/messenger.ts";
import { formAt, formsFor } from "./form.ts";

const limits: PlatformLimits = {
  textLength: 4096,
  captionLength: 1024,
  buttonsPerRow: 5,
  buttonRows: 5,
  buttonLabelLength: 64,
  albums: true,
  photo: { maxBytes: 10_000_000, maxSideSum: 10_000, maxRatio: 20 },
  videoBytes: 50_000_000,
  fileBytes: 50_000_000,
  editIntervalMs: 3_000,
  pace: { overall: { count: 30, perMs: 1_000 }, chat: { count: 1, perMs: 1_000 } },
};
const picture = (facts: Partial<StoredMedia>): StoredMedia => ({
  key: "gen_a/00.png",
  contentType: "image/png",
  sizeBytes: 1_000,
  width: 1024,
  height: 1024,
  durationMs: null,
  sha256: "00",
  ...facts,
});

describe("how media goes to a chat", () => {
  it("is inline where it fits", () => {
    expect(formsFor(picture({}), "image", limits, undefined)).toEqual(["inline", "file", "preview", "link"]);
  });

  it("is a file where a picture is too heavy, too large or too narrow to be shown", () => {
    for (const facts of [
      { sizeBytes: 10_000_001 },
      { width: 9_000, height: 1_001 },
      { width: 2_100, height: 100 },
    ]) {
      expect(formsFor(picture(facts), "image", limits, undefined)[0]).toBe("file");
    }
  });

  it("is a smaller preview where no file of that size may be sent, at exactly the limit not yet", () => {
    expect(formsFor(picture({ sizeBytes: 50_000_000 }), "image", limits, undefined)[0]).toBe("file");
    expect(formsFor(picture({ sizeBytes: 50_000_001 }), "image", limits, undefined)).toEqual([
      "preview",
      "link",
    ]);
    expect(formsFor(picture({ sizeBytes: 9_000 }), "image", limits, 8_000)[0]).toBe("preview");
  });

  it("is a link for a video that is too large", () => {
    expect(formsFor(picture({ sizeBytes: 60_000_000 }), "video", limits, undefined)).toEqual(["link"]);
  });

  it("comes one step down with each refusal and stays at the last", () => {
    const forms = formsFor(picture({}), "image", limits, undefined);
    expect([0, 1, 2, 3, 9].map((rung) => formAt(forms, rung))).toEqual([
      "inline",
      "file",
      "preview",
      "link",
      "link",
    ]);
  });
});
