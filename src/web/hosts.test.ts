import { describe, expect, test } from "vitest";
import { isKnownHost } from "./hosts.ts";

const local = { host: "127.0.0.1", port: 8787, publicUrl: null };
const open = { host: "0.0.0.0", port: 8787, publicUrl: "https://easel.example" };

describe("the Host header", () => {
  test.each(["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"])(
    "may be %s on this machine",
    (host) => {
      expect(isKnownHost(host, local)).toBe(true);
    },
  );

  test.each([
    undefined,
    "",
    "evil.example",
    "evil.example:8787",
    "localhost",
    "localhost:80",
    "localhost.evil.example:8787",
    "127.0.0.1:8787@evil.example",
    "192.168.1.5:8787",
    "easel.example",
    `${"a".repeat(300)}:8787`,
  ])("may not be %s on this machine", (host) => {
    expect(isKnownHost(host, local)).toBe(false);
  });

  test("may be the public name, and where every interface is listened on a plain address", () => {
    expect(isKnownHost("easel.example", open)).toBe(true);
    expect(isKnownHost("192.168.1.5:8787", open)).toBe(true);
    expect(isKnownHost("evil.example:8787", open)).toBe(false);
    expect(isKnownHost("easel.example:8787", open)).toBe(false);
  });
});
