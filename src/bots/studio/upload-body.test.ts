import { describe, expect, test } from "vitest";
import { createManualClock } from "../../../test/contract/support/manual-clock.ts";
import { readUpload } from "./upload-body.ts";

function stand() {
  const clock = createManualClock();
  let source: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      source = controller;
    },
    cancel() {
      isCancelled = true;
    },
  });
  const read = () => readUpload({ body }, { maxBytes: 10, withinMs: 60_000, clock });
  return {
    clock,
    read,
    send: (text: string) => source?.enqueue(Buffer.from(text)),
    source,
    isCut: () => isCancelled,
  };
}

describe("the body of an upload", () => {
  test("is read to its end", async () => {
    const { read, send, source } = stand();
    const reading = read();
    send("half ");
    send("whole");
    source?.close();
    expect(await reading).toEqual({ status: "whole", bytes: Buffer.from("half whole") });
  });

  test("is given up when it is not whole in time, however steadily it comes", async () => {
    const { read, send, clock, isCut } = stand();
    const reading = read();
    for (let second = 0; second < 59; second += 1) {
      if (second % 10 === 0) send("x");
      clock.advance(1_000);
    }
    clock.advance(1_000);
    expect(await reading).toEqual({ status: "too-slow" });
    // The answer goes out over the same connection.
    expect(isCut()).toBe(false);
  });

  test("is not read past the limit", async () => {
    const { read, send } = stand();
    const reading = read();
    send("12345678901");
    expect(await reading).toEqual({ status: "too-large" });
  });

  test("may be broken off", async () => {
    const { read, send, source } = stand();
    const reading = read();
    send("half ");
    source?.error(new Error("gone"));
    expect(await reading).toEqual({ status: "cut" });
  });

  test("may be empty", async () => {
    const request = new Request("http://easel.test/", { method: "POST" });
    const limits = { maxBytes: 10, withinMs: 1, clock: createManualClock() };
    expect(await readUpload(request, limits)).toEqual({ status: "whole", bytes: new Uint8Array() });
  });
});
