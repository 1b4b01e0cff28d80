import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { remotePostOf } from "./remote-post.ts";
import { eventSchema, postAnswerSchema, refusalSchema } from "./schema.ts";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`__fixtures__/${name}.json`, import.meta.url), "utf8"));

function readPost(name: string) {
  const { post } = postAnswerSchema.parse(fixture(name));
  return post && remotePostOf(post, null);
}

describe("a post of the documentation", () => {
  it("is published where its network says so, with the public link", () => {
    expect(readPost("post-published")).toEqual({
      externalId: "65f1c0a9e2b5af0012ab34cd",
      status: "published",
      publicUrl: "https://www.instagram.com/p/Cxyz/",
      failure: null,
      text: "Sunrise ritual complete #morning",
      scheduledAt: Date.parse("2026-11-22T12:00:00Z"),
    });
  });

  it("is failed for the network's reason, without its sentence", () => {
    expect(readPost("post-partial")).toEqual({
      externalId: "65f1c0a9e2b5af0012ab34ce",
      status: "failed",
      publicUrl: null,
      failure: { why: "account", detail: "late auth_expired user" },
      text: "Sunrise ritual complete",
      scheduledAt: Date.parse("2026-11-22T12:00:00Z"),
    });
  });

  it("carries our own id back", () => {
    expect(postAnswerSchema.parse(fixture("post-published")).post?.easelPostId).toBe("post_000001");
    expect(eventSchema.parse(fixture("webhook-published")).post?.metadata?.easelPostId).toBe("post_000001");
  });

  const linkOf = (platformPostUrl: string) => {
    const platforms = [{ status: "published", platformPostUrl }];
    const { post } = postAnswerSchema.parse({ post: { _id: "a", platforms } });
    const remote = post && remotePostOf(post, null);
    expect(remote).toMatchObject({ status: "published" });
    return remote?.publicUrl;
  };

  it.each([
    "http://x.test/p",
    "javascript:alert(1)",
    "x",
    "",
    "https://www.instagram.com@evil.test/p/1",
    "https://me:secret@www.instagram.com/p/1",
    `https://www.instagram.com/${"p".repeat(500)}`,
  ])("has no public link in %j", (link) => {
    expect(linkOf(link)).toBeNull();
  });

  it("has its public link as browsers read it", () => {
    expect(linkOf("https:www.instagram.com/p/1\n@everyone")).toBe("https://www.instagram.com/p/1@everyone");
  });

  it("is read for our account where it went to several", () => {
    const platforms = [
      { accountId: { _id: "one" }, status: "failed" },
      { accountId: "two", status: "published", platformPostUrl: "https://x.test/2" },
    ];
    const { post } = postAnswerSchema.parse({ post: { _id: "a", status: "partial", platforms } });
    expect(post && remotePostOf(post, "two")).toMatchObject({ status: "published" });
    expect(post && remotePostOf(post, "one")).toMatchObject({ status: "failed" });
  });
});

describe("a refusal of the documentation", () => {
  it("names the post that is there already", () => {
    expect(refusalSchema.parse(fixture("duplicate"))).toMatchObject({
      isOurs: true,
      existingPostId: "65f1c0a9e2b5af0012ab34cd",
    });
  });

  it("keeps codes and drops sentences", () => {
    const refusal = refusalSchema.parse(fixture("payment"));
    expect(refusal).toEqual({
      isOurs: true,
      type: "permission_error",
      code: "PAYMENT_REQUIRED",
      param: null,
      existingPostId: null,
    });
  });
});
