import { createHmac, timingSafeEqual } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createMediaLinks } from "./links.ts";

function setUp(publicUrl: string | null = "https://easel.test") {
  const time = { now: Date.parse("2026-11-22T12:00:00Z") };
  const clock = { now: () => time.now, monotonicMs: () => 0, sleep: () => Promise.resolve() };
  const sign = (purpose: string, text: string): string =>
    createHmac("sha256", "signing-key").update(`${purpose}\n${text}`).digest("base64url");
  const verify = (purpose: string, text: string, signature: string): boolean => {
    const [given, wanted] = [Buffer.from(signature), Buffer.from(sign(purpose, text))];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
  return { links: createMediaLinks({ publicUrl, signer: { sign, verify }, clock }), time };
}

const key = "gen_1/abc.png";
function parts(link: string | null) {
  const url = new URL(link ?? "https://none.test");
  return {
    path: url.pathname,
    expires: url.searchParams.get("expires"),
    signature: url.searchParams.get("signature"),
  };
}

describe("a link to stored media", () => {
  it("opens the file it was made for, for a day", () => {
    const { links, time } = setUp();
    const link = links.link(key);
    const { path, expires, signature } = parts(link);
    expect(link?.startsWith("https://easel.test/media/gen_1/abc.png?")).toBe(true);
    expect(path).toBe(`/media/${key}`);
    expect(links.verify(key, expires, signature)).toBe("fine");
    time.now += 24 * 3_600_000 - 1_000;
    expect(links.verify(key, expires, signature)).toBe("fine");
    time.now += 2_000;
    expect(links.verify(key, expires, signature)).toBe("expired");
  });

  it("opens no other file and no later hour", () => {
    const { links } = setUp();
    const { expires, signature } = parts(links.link(key));
    expect(links.verify("gen_2/abc.png", expires, signature)).toBe("wrong");
    expect(links.verify(key, String(Number(expires) + 1), signature)).toBe("wrong");
  });

  it.each([undefined, null, "", "x", "é", "A".repeat(43), "A".repeat(10_000)])(
    "does not open with the signature %j",
    (signature) => {
      const { links } = setUp();
      expect(links.verify(key, parts(links.link(key)).expires, signature)).toBe("wrong");
    },
  );

  it.each([undefined, null, "", "soon", "1e99", "-1", "99999999999999999999", " 1"])(
    "does not open with the expiry %j",
    (expires) => {
      const { links } = setUp();
      expect(links.verify(key, expires, parts(links.link(key)).signature)).toBe("wrong");
    },
  );

  it("is none where nobody outside could open it", () => {
    const { links } = setUp(null);
    expect(links.link(key)).toBeNull();
    expect(links.path(key).startsWith("/media/")).toBe(true);
  });
});
