import { describe, expect, it } from "vitest";
import { createSmallBodies, SMALL_BODY_BYTES } from "./small-body.ts";

/** A request whose body comes as it is pushed, without a length. */
function slow(): { readonly request: Request; push(bytes: Uint8Array): void; end(): void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  const body = new ReadableStream<Uint8Array>({
    start: (opened) => {
      controller = opened;
    },
  });
  const half = { method: "POST", body, duplex: "half" };
  return {
    request: new Request("http://easel.test/webhooks/late", half),
    push: (bytes) => controller?.enqueue(bytes),
    end: () => controller?.close(),
  };
}

const plain = (body: string) => new Request("http://easel.test/webhooks/late", { method: "POST", body });

describe("bodies of services that call in", () => {
  it("are read whole", async () => {
    const bytes = await createSmallBodies().read(plain("hello"));
    expect(Buffer.from(bytes ?? []).toString()).toBe("hello");
  });

  it("are given up as soon as they are too large, whether or not a length was named", async () => {
    const { request, push } = slow();
    const reading = createSmallBodies().read(request);
    push(new Uint8Array(SMALL_BODY_BYTES));
    push(new Uint8Array(1));
    expect(await reading).toBeNull();
  });

  it("are held up to so much together, whoever else is connected", async () => {
    const bodies = createSmallBodies(1_000);
    const [idle, large] = [slow(), slow()];
    const readings = [bodies.read(idle.request), bodies.read(large.request)];
    large.push(new Uint8Array(900));
    await new Promise(setImmediate);
    expect(await bodies.read(plain("x".repeat(101)))).toBeNull();
    expect(await bodies.read(plain("small enough"))).not.toBeNull();
    for (const { end } of [idle, large]) end();
    expect((await Promise.all(readings)).map((bytes) => bytes?.length)).toEqual([0, 900]);
    expect(await bodies.read(plain("x".repeat(1_000)))).not.toBeNull();
  });
});
