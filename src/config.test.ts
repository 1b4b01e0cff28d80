import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError, configKeys, loadConfig } from "./config.ts";

describe("the settings", () => {
  it("need none to be given", () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      databaseUrl: "file:./data/easel.db",
      host: "127.0.0.1",
      port: 8787,
      publicUrl: null,
    });
    expect(config.core).toMatchObject({ freeMonthlyLimit: 10, generationTimeoutMs: 1_200_000, adminIds: [] });
  });

  it("count an empty variable as not given", () => {
    expect(loadConfig({ PORT: "", PUBLIC_URL: "", TELEGRAM_BOT_TOKEN: "", LOG_LEVEL: "" }).port).toBe(8787);
  });

  it("name all problems at once, and never a value", () => {
    const wrong = {
      PORT: "99999",
      FREE_MONTHLY_LIMIT: "many",
      PUBLIC_URL: "secret-value",
      ADMIN_IDS: "secret-value",
    };
    try {
      loadConfig(wrong);
      expect.unreachable();
    } catch (err) {
      if (!(err instanceof ConfigError)) throw err;
      expect(err.problems.map((problem) => problem.split(":")[0])).toEqual(
        expect.arrayContaining(["ADMIN_IDS", "FREE_MONTHLY_LIMIT", "PORT", "PUBLIC_URL"]),
      );
      expect(err.message).not.toContain("secret-value");
    }
  });

  it("give every credential to the scrubber and print none", () => {
    const config = loadConfig({ KIE_API_KEY: "kie-canary", TELEGRAM_BOT_TOKEN: "1234567:canary" });
    expect(config.secrets).toEqual(expect.arrayContaining(["kie-canary", "1234567:canary"]));
  });

  it("stand in .env.example, each of them and no other", () => {
    const example = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
    const listed = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1] ?? "");
    expect(listed.toSorted()).toEqual(configKeys.toSorted());
  });
});
