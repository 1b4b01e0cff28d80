import { describe, expect, it } from "vitest";
import { createLog } from "./system.ts";

const SECRETS = {
  discord: "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.canary-discord-token-0123456789",
  telegram: "123456789:AAcanary_telegram_token-0123456789abc",
  kie: "canary-kie-key-0123456789",
  signing: "canary/signing+key=with&odd characters",
};

/** Each secret in the shapes in which it turns up, logged in every place a line has. */
function linesWith(secret: string): string[] {
  const lines: string[] = [];
  const log = createLog("trace", Object.values(SECRETS), (line) => lines.push(line));
  const error = new Error(`request to https://api.telegram.org/bot${secret}/getMe failed`, {
    cause: new Error(`Authorization: Bearer ${secret}`),
  });
  log.info(`in the message ${secret}`);
  log.info("in a field", {
    value: secret,
    deep: { deeper: [{ url: `https://x.test/?key=${encodeURIComponent(secret)}` }] },
  });
  log.error("in an error", { err: error });
  log.child({ component: secret }).warn("in a child");
  log.debug("as JSON in a string", { body: JSON.stringify({ secret }) });
  return lines;
}

describe("the log", () => {
  it.each(Object.entries(SECRETS))("never holds the %s secret, raw or encoded", (_name, secret) => {
    const all = linesWith(secret).join("");
    expect(all.split("\n").length).toBeGreaterThanOrEqual(5);
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      expect(all).not.toContain(form);
    }
    expect(all).toContain("[secret]");
  });

  it("would show a secret that the scrubber does not know: the search works", () => {
    const lines: string[] = [];
    createLog("info", [], (line) => lines.push(line)).info("leaky", { value: "canary-unknown-value" });
    expect(lines.join("")).toContain("canary-unknown-value");
  });

  it("hides signed links and tokens that are not ours by their shape", () => {
    const lines: string[] = [];
    const log = createLog("info", [], (line) => lines.push(line));
    log.info("links", {
      link: "https://x.test/media/a.png?expires=1&signature=abcdefghijk",
      s3: "https://b.s3.test/k?X-Amz-Signature=0123456789abcdef",
      hook: "https://discord.com/api/v10/webhooks/123456/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MA/messages/@original",
      key: "sk-abcdefghijklmnopqrstuv",
      bot: "987654321:AAabcdefghijklmnopqrstuvwxyz0123456",
    });
    const all = lines.join("");
    for (const part of ["abcdefghijk", "0123456789abcdef", "aW50ZXJhY3Rpb24", "sk-abc", "AAabcdef"]) {
      expect(all).not.toContain(part);
    }
  });
});
