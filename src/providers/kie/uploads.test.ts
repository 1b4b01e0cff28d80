import { describe, expect, it } from "vitest";
import { Secret } from "../../core/secret.ts";
import type { HttpResult } from "../shared/http.ts";
import { createKieUploads } from "./uploads.ts";

const { signal } = new AbortController();
const images = Array.from({ length: 8 }, (_, index) => ({
  bytes: Buffer.from(`picture ${index}`),
  contentType: "image/png" as const,
  width: 1,
  height: 1,
}));

/** Uploads that are answered one after the other, the last one first; the answer names the picture. */
function setUp(answer: (name: string) => HttpResult) {
  const open: (() => void)[] = [];
  const most = { atOnce: 0 };
  const sent: string[] = [];
  let token = 0;
  const uploads = createKieUploads({
    http: {
      call: ({ content }) => {
        const name = /picture \d/.exec(Buffer.from(content?.bytes ?? []).toString("latin1"))?.[0] ?? "none";
        sent.push(name);
        return new Promise((resolve) => {
          open.push(() => resolve(answer(name)));
          most.atOnce = Math.max(most.atOnce, open.length);
          setImmediate(() => open.pop()?.());
        });
      },
      close: () => Promise.resolve(),
    },
    uploadUrl: "https://upload.test",
    key: new Secret("key"),
    ids: { token: () => `token${(token += 1)}` },
  });
  return { uploads, most, sent };
}

function answered(code: number, downloadUrl: string): HttpResult {
  const json = { code, msg: "", data: { downloadUrl } };
  return { kind: "answer", status: 200, text: JSON.stringify(json), json, retryAfterMs: undefined };
}

const linkOf = (name: string): string => `https://files.test/${name.replace(" ", "-")}.png`;

describe("the pictures of a request", () => {
  it("go up three at a time, and keep their order", async () => {
    const { uploads, most } = setUp((name) => answered(200, linkOf(name)));
    const links = images.map((_, index) => linkOf(`picture ${index}`));
    expect(await uploads.put(images, signal)).toEqual({ status: "uploaded", links });
    expect(most.atOnce).toBe(3);
  });

  it("do not go on after one was refused", async () => {
    const { uploads, sent } = setUp((name) => answered(name === "picture 2" ? 402 : 200, linkOf(name)));
    expect(await uploads.put(images, signal)).toMatchObject({ status: "failed" });
    expect(sent.length).toBeLessThan(6);
  });

  it("may be none", async () => {
    const { uploads, sent } = setUp(() => answered(500, ""));
    expect(await uploads.put([], signal)).toEqual({ status: "uploaded", links: [] });
    expect(sent).toEqual([]);
  });
});
