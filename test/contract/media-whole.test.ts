/** The real process with its media in a bucket: made, stored, served, all the way. */
import { describe, expect, it } from "vitest";
import { startS3Emulator } from "../emulators/s3/index.ts";
import type { ObjectServer } from "../emulators/s3/object-server.ts";
import { startSupabaseEmulator } from "../emulators/supabase/index.ts";
import { removeDataDirectory, startEasel, until } from "../support/easel-process.ts";

interface Bucket {
  readonly server: ObjectServer & { readonly objects: Map<string, { bytes: Buffer; contentType: string }> };
  readonly env: Record<string, string>;
  /** How a file is stored. */
  readonly storing: string;
}

const buckets: [name: string, start: () => Promise<Bucket>][] = [
  [
    "S3",
    async () => {
      const server = await startS3Emulator();
      return {
        server,
        storing: "PUT",
        env: {
          MEDIA_URL: `s3://${server.bucket}/easel?endpoint=${server.url}`,
          S3_ACCESS_KEY_ID: server.credentials.accessKeyId,
          S3_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
        },
      };
    },
  ],
  [
    "Supabase",
    async () => {
      const server = await startSupabaseEmulator();
      return {
        server,
        storing: "POST",
        env: {
          MEDIA_URL: `supabase://${server.bucket}/easel`,
          SUPABASE_URL: server.url,
          SUPABASE_SERVICE_KEY: server.key,
        },
      };
    },
  ],
];

describe("Easel with its media in a bucket", { timeout: 60_000 }, () => {
  // Both at once: each mostly waits until the bucket is back.
  it.concurrent.for(buckets)(
    "makes, keeps and serves a picture by %s, which is away for a moment",
    async ([, start], { onTestFinished }) => {
      const { server, storing, env } = await start();
      onTestFinished(() => server.close());
      const easel = await startEasel({ env });
      onTestFinished(async () => {
        await easel.stop();
        removeDataDirectory(easel.dataDirectory);
      });
      // More than one put tries by itself.
      server.fault({ method: storing, times: 4, fault: { kind: "error", status: 503, code: "SlowDown" } });
      const created = await fetch(`${easel.url}/api/ai/generate-media`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ prompt: "a red fox in the snow", provider: "sketch", type: "image" }),
      });
      expect(created.status).toBe(201);
      const { id } = (await created.json()) as { id: string };
      const path = await until("the picture", async () => {
        const asset = (await (await fetch(`${easel.url}/api/ai/media/${id}`)).json()) as Record<
          string,
          string
        >;
        return asset["status"] === "ready" && asset["resultUrl"];
      });

      const [[key, stored] = ["", null], ...others] = [...server.objects].filter(
        ([name]) => !name.startsWith("easel/instance/"),
      );
      expect(others).toEqual([]);
      expect(key).toMatch(new RegExp(`^easel/${id}/[0-9a-f]{64}\\.jpg$`));
      expect(stored?.contentType).toBe("image/jpeg");
      const served = await fetch(`${easel.url}${path}`);
      expect(stored?.bytes.equals(Buffer.from(await served.arrayBuffer()))).toBe(true);
      const tail = await fetch(`${easel.url}${path}`, { headers: { range: "bytes=-100" } });
      expect(tail.status).toBe(206);
      expect(stored?.bytes.subarray(-100).equals(Buffer.from(await tail.arrayBuffer()))).toBe(true);

      // Gone from the bucket: an answer, and no secret in the log.
      server.objects.clear();
      expect((await fetch(`${easel.url}${path}`)).status).toBe(404);
      await server.close();
      expect((await fetch(`${easel.url}${path}`)).status).toBeGreaterThanOrEqual(500);
      expect(easel.output()).toContain("media could not be stored");
      const secrets = [env["S3_SECRET_ACCESS_KEY"], env["SUPABASE_SERVICE_KEY"], "Signature="];
      for (const secret of secrets) if (secret !== undefined) expect(easel.output()).not.toContain(secret);
    },
  );
});
