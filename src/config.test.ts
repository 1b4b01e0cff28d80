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
    const given = {
      KIE_API_KEY: "kie-canary",
      TELEGRAM_BOT_TOKEN: "1234567:canary",
      S3_SECRET_ACCESS_KEY: "s3-canary",
      SUPABASE_SERVICE_KEY: "supabase-canary",
    };
    expect(loadConfig(given).secrets).toEqual(expect.arrayContaining(Object.values(given)));
  });

  const s3 = { S3_ACCESS_KEY_ID: "id-canary", S3_SECRET_ACCESS_KEY: "secret-canary" };
  const supabase = { SUPABASE_URL: "https://p.supabase.co", SUPABASE_SERVICE_KEY: "key-canary" };

  it.each([
    ["file:./data/media", {}],
    ["file:///srv/media", {}],
    ["s3://bucket", s3],
    ["s3://bucket/a/b/?endpoint=https://x.r2.cloudflarestorage.com", { ...s3, S3_REGION: "auto" }],
    ["s3://bucket?endpoint=http://127.0.0.1:9000", s3],
    ["supabase://bucket/prefix", supabase],
  ])("take %s for media", (url, settings) => {
    expect(loadConfig({ MEDIA_URL: url, ...settings }).mediaUrl).toBe(url);
  });

  it.each([
    ["s3://bucket", {}, ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]],
    ["s3://bucket", { S3_ACCESS_KEY_ID: "id-canary" }, ["S3_SECRET_ACCESS_KEY"]],
    ["s3://bucket", { ...s3, S3_REGION: "canary one" }, ["S3_REGION"]],
    ["s3://bucket?endpoint=ftp://canary", s3, ["MEDIA_URL"]],
    ["s3://bucket?endpoint=https://user:canary@host", s3, ["MEDIA_URL"]],
    ["s3://bucket?region=canary", s3, ["MEDIA_URL"]],
    ["s3://bucket/../canary", s3, ["MEDIA_URL"]],
    ["s3://", s3, ["MEDIA_URL"]],
    ["supabase://bucket", {}, ["SUPABASE_SERVICE_KEY", "SUPABASE_URL"]],
    ["supabase://bucket?endpoint=canary", supabase, ["MEDIA_URL"]],
    ["file:", {}, ["MEDIA_URL"]],
    ["ftp://canary", {}, ["MEDIA_URL"]],
    ["canary", {}, ["MEDIA_URL"]],
  ])("refuse %s with %j for media, by the names of what is wrong", (url, settings, names) => {
    try {
      loadConfig({ MEDIA_URL: url, ...settings });
      expect.unreachable();
    } catch (err) {
      if (!(err instanceof ConfigError)) throw err;
      expect(err.problems.map((problem) => problem.split(":")[0])).toEqual(names);
      expect(err.message).not.toContain("canary");
    }
  });

  it("stand in .env.example, each of them and no other", () => {
    const example = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
    const listed = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1] ?? "");
    expect(listed.toSorted()).toEqual(configKeys.toSorted());
  });
});
