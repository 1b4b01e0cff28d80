import { afterEach, describe, expect, it, vi } from "vitest";
import type { Log } from "../core/ports/log.ts";
import { createCallbackRoute } from "./callback-route.ts";
import { createSmallBodies, SMALL_BODY_BYTES } from "./small-body.ts";

const TOKEN = "abcdefgh_-IJKLMN";
const none = (): void => undefined;
const quiet: Log = { debug: none, info: none, warn: none, error: none, child: () => quiet };

function setUp() {
  const arrived: string[] = [];
  const seen: { signature: string | null; sizeBytes: number }[] = [];
  const route = createCallbackRoute({
    bodies: createSmallBodies(),
    readers: new Map([
      [
        "kie",
        ({ header, body }) => {
          seen.push({ signature: header("x-webhook-signature"), sizeBytes: body.length });
          return Buffer.from(body).toString() === "forged" ? null : { taskKey: "task-1" };
        },
      ],
    ]),
    arrived: async (token, taskKey) => {
      arrived.push(`${token} ${taskKey}`);
      return token === TOKEN;
    },
    log: quiet,
  });
  const post = (path: string, body: BodyInit | null = "{}", init: RequestInit = {}) =>
    route(
      new Request(
        `http://easel.test${path}`,
        // A body that is a stream needs it, and not every type of it says so.
        Object.assign({ method: "POST", body, ...init }, { duplex: "half" }),
      ),
    );
  return { post, arrived, seen };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("the callback route", () => {
  it("passes on the task and answers once it is committed, every time it comes", async () => {
    const { post, arrived, seen } = setUp();
    const headers = { "x-webhook-signature": "abc" };
    for (let time = 0; time < 2; time += 1) {
      const answer = await post(`/callbacks/kie/${TOKEN}`, "{}", { headers });
      expect([answer.status, await answer.json()]).toEqual([200, { code: 200, msg: "success" }]);
    }
    expect(arrived).toEqual([`${TOKEN} task-1`, `${TOKEN} task-1`]);
    expect(seen[0]).toEqual({ signature: "abc", sizeBytes: 2 });
  });

  it.each([
    ["/callbacks/kie/AAAAAAAAAAAAAAAA", "a token that nobody was given"],
    ["/callbacks/kie/short", "no token"],
    [`/callbacks/kie/${TOKEN}x`, "more than a token"],
    [`/callbacks/kie/${TOKEN}/x`, "something behind it"],
    [`/callbacks/gemini/${TOKEN}`, "a provider without callbacks"],
    [`/callbacks/__proto__/${TOKEN}`, "no provider"],
    [`/callbacks//${TOKEN}`, "nobody"],
    ["/callbacks/", "nothing"],
  ])("%s (%s) gets the same answer as a forgery", async (path) => {
    const { post } = setUp();
    const answer = await post(path);
    const forged = await post(`/callbacks/kie/${TOKEN}`, "forged");
    expect([answer.status, await answer.text()]).toEqual([404, '{"error":"Not found"}']);
    expect([forged.status, await forged.text()]).toEqual([404, '{"error":"Not found"}']);
  });

  it("asks the store for nothing that is forged", async () => {
    const { post, arrived } = setUp();
    await post(`/callbacks/kie/${TOKEN}`, "forged");
    expect(arrived).toEqual([]);
  });

  it("reads no more than 256 KB, whatever length is announced", async () => {
    const { post, seen } = setUp();
    const large = "x".repeat(SMALL_BODY_BYTES + 1);
    expect((await post(`/callbacks/kie/${TOKEN}`, large)).status).toBe(404);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
    });
    expect((await post(`/callbacks/kie/${TOKEN}`, endless)).status).toBe(404);
    expect(seen).toEqual([]);
    expect((await post(`/callbacks/kie/${TOKEN}`, large.slice(1))).status).toBe(200);
  });

  it("waits ten seconds for a body, and takes none of one that is slower", async () => {
    vi.useFakeTimers();
    const { post, seen, arrived } = setUp();
    const slow = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from("{")),
    });
    const answer = post(`/callbacks/kie/${TOKEN}`, slow);
    await vi.advanceTimersByTimeAsync(10_001);
    expect((await answer).status).toBe(404);
    expect([seen, arrived]).toEqual([[], []]);
  });

  it("takes nothing of a body that breaks off", async () => {
    const { post, seen } = setUp();
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from("{"));
        controller.error(new Error("reset"));
      },
    });
    expect((await post(`/callbacks/kie/${TOKEN}`, broken)).status).toBe(404);
    expect(seen).toEqual([]);
  });
});
