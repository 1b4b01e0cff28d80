import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createSessions } from "./session.ts";

const sign = (purpose: string, text: string) =>
  createHmac("sha256", "key").update(`${purpose}\n${text}`).digest("base64url");
const signer = {
  sign,
  verify: (purpose: string, text: string, signature: string) => sign(purpose, text) === signature,
};

function make(publicUrl: string | null = "https://easel.example") {
  const time = { now: 1_800_000_000_000 };
  const sessions = createSessions({ signer, clock: { now: () => time.now }, publicUrl });
  return { time, sessions };
}
const pair = (cookie: string) => cookie.split(";")[0] ?? "";

describe("a session", () => {
  test("names its member among other cookies", () => {
    const { sessions } = make();
    const cookie = pair(sessions.open("discord:123"));
    expect(sessions.read(`a=b; ${cookie}; c=d`)).toBe("discord:123");
    for (const none of [null, "", "a=b", "__Host-easel=", "__Host-easel=x.1.y"])
      expect(sessions.read(none)).toBeNull();
  });

  test("ends after thirty days", () => {
    const { time, sessions } = make();
    const cookie = pair(sessions.open("discord:123"));
    time.now += 30 * 86_400_000 - 2_000;
    expect(sessions.read(cookie)).toBe("discord:123");
    time.now += 4_000;
    expect(sessions.read(cookie)).toBeNull();
  });

  test("cannot be turned into another member's, or prolonged", () => {
    const { sessions } = make();
    const cookie = pair(sessions.open("discord:123"));
    expect(sessions.read(cookie.replace("discord%3A123", "discord%3A124"))).toBeNull();
    expect(sessions.read(cookie.replace(/\.18/, ".19"))).toBeNull();
  });

  test("is bound to the host and to TLS where the page is public, and closes", () => {
    const { sessions } = make();
    expect(sessions.open("a:1")).toMatch(
      /^__Host-easel=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=2592000$/,
    );
    expect(sessions.close()).toMatch(/^__Host-easel=; .*Max-Age=0$/);
    expect(make("http://easel.lan").sessions.open("a:1")).not.toContain("Secure");
  });
});
