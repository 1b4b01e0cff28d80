import { describe, expect, it } from "vitest";
import { postBodyOf } from "./post-body.ts";

describe("the text for people who do not see the picture", () => {
  const sent = (altText: string) => {
    const body = postBodyOf({
      postId: "post_1",
      formerIds: [],
      externalAccountId: "abc",
      network: "instagram",
      text: "x",
      media: { kind: "image", url: "https://x.test/a.png", altText, contentType: "image/png", sizeBytes: 1 },
      story: false,
      isAiGenerated: true,
      scheduledAt: null,
    });
    const { mediaItems } = JSON.parse(JSON.stringify(body));
    return mediaItems[0].altText;
  };

  it("is cut between two characters, never within one", () => {
    expect(sent(`${"a".repeat(999)}🦊tail`)).toBe("a".repeat(999));
    expect(sent(`${"a".repeat(998)}🦊tail`)).toBe(`${"a".repeat(998)}🦊`);
  });

  it("is a text that every reader takes, whatever it was made from", () => {
    expect(sent(" a\ud800b ")).toBe("a\ufffdb");
    expect(sent(`${"a".repeat(999)} tail`)).toBe("a".repeat(999));
    expect(sent("  ")).toBeUndefined();
  });
});
