import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vetUrl } from "./foreign-url.ts";

const policy = {
  schemes: ["https"],
  allowIpLiterals: false,
  refusedHosts: ["easel.test", "discord.com"],
} as const;
const reasonOf = (text: string): string => {
  const vetted = vetUrl(text, policy, undefined);
  return vetted.ok ? "-" : vetted.reason;
};

const corpus = readFileSync(new URL("../../../test/corpora/urls.tsv", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("URL\t"))
  .map((line) => line.split("\t")[3] ?? "")
  .map((text) => (text.startsWith('"') ? String(JSON.parse(text)) : text));

describe("a foreign URL by its text", () => {
  it.each([
    ["https://files.example.org/a.png", "-"],
    ["http://files.example.org/a.png", "scheme"],
    ["https://files.example.org:80/a.png", "port"],
    ["https://files.example.org:8443/a.png", "port"],
    ["https://canary.discord.com/api", "self"],
    ["https://notdiscord.com/a.png", "-"],
    ["https://easel.test./a.png", "self"],
    ["https://files.example.org../a.png", "host"],
    ["https://a..b.org/", "host"],
    ["https://-a.org/", "host"],
    ["https://LOCALHOST./", "host"],
    ["https://x.internal/", "host"],
    ["https://printer.home.arpa/", "host"],
    ["https://app.localhost/", "host"],
    ["https://1.1.1.1/", "literal"],
    ["https://[2606:4700::1111]/", "literal"],
    [`https://files.example.org/${"a".repeat(3_000)}`, "parse"],
    ["//files.example.org/a.png", "parse"],
    ["https://files.example.org/a b.png", "chars"],
    ["https://user@files.example.org/", "userinfo"],
  ])("%s: %s", (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  it("is never let through to an address, a bare name or another port, however it is twisted", () => {
    const noise = fc.constantFrom(
      "@",
      "\\",
      "%00",
      "%2e",
      "#",
      "?",
      "/",
      ":",
      "[",
      "]",
      ".",
      "。",
      "\t",
      "0x",
      "::1",
      "127.1",
      "localhost",
      "user:pw@",
      "https:",
    );
    const twisted = fc
      .tuple(fc.constantFrom(...corpus), noise, fc.nat({ max: 60 }), fc.boolean())
      .map(([text, piece, at, cut]) => text.slice(0, at) + piece + text.slice(cut ? at + 1 : at));
    fc.assert(
      fc.property(twisted, (text) => {
        const vetted = vetUrl(text, policy, undefined);
        if (!vetted.ok) return true;
        const { url, host, port } = vetted;
        return (
          url.protocol === "https:" &&
          port === 443 &&
          isIP(host) === 0 &&
          host.includes(".") &&
          url.username === ""
        );
      }),
      { numRuns: 5_000 },
    );
  });
});
