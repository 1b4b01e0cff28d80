import { describe, expect, test } from "vitest";
import { createSignInLinks } from "./sign-in.ts";

const signer = {
  sign: (purpose: string, text: string) =>
    `${purpose}${text}`
      .replaceAll(/[^a-z0-9]/gi, "")
      .padEnd(40, "x")
      .slice(-40),
  verify: (purpose: string, text: string, signature: string) => signer.sign(purpose, text) === signature,
};

function make(publicUrl: string | null = "https://easel.example") {
  const time = { now: 1_800_000_000_000 };
  let count = 0;
  const links = createSignInLinks({
    publicUrl,
    signer,
    clock: { now: () => time.now },
    ids: { token: () => String((count += 1)).padStart(16, "a") },
  });
  const token = (link: string | null) => new URL(link ?? "").searchParams.get("token") ?? "";
  return { time, links, token };
}

describe("a sign-in link", () => {
  test("names the member it was made for, whatever characters the id has", () => {
    const { links, token } = make();
    for (const identity of ["discord:123", "telegram:-100.5", "other:a/b|c.d?e"] as const) {
      expect(links.read(token(links.create(identity)))?.identity).toBe(identity);
    }
  });

  test("leads to the page's sign-in path and carries a nonce of its own", () => {
    const { links, token } = make();
    const [one, other] = [links.create("discord:1"), links.create("discord:1")];
    expect(one).toMatch(/^https:\/\/easel\.example\/ai-studio\/sign-in\?token=/);
    expect(links.read(token(one))?.nonce).not.toBe(links.read(token(other))?.nonce);
  });

  test("dies after ten minutes", () => {
    const { time, links, token } = make();
    const link = token(links.create("discord:1"));
    time.now += 599_000;
    expect(links.read(link)).not.toBeNull();
    time.now += 3_000;
    expect(links.read(link)).toBeNull();
  });

  test("is refused when a single character differs", () => {
    const { links, token } = make();
    const link = token(links.create("discord:1"));
    expect(links.read(link.replace("discord%3A1", "discord%3A2"))).toBeNull();
    expect(links.read(`${link}x`)).toBeNull();
    for (const bad of ["", "a.b.c.d", "%.1.aaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbb"])
      expect(links.read(bad)).toBeNull();
  });

  test("is not made where no page can be reached", () => {
    expect(make(null).links.create("discord:1")).toBeNull();
  });
});
