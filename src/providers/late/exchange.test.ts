import { createServer, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { inTime } from "../../../test/contract/support/publisher-scene.ts";
import { createExchange, type ExchangeCall } from "./exchange.ts";

describe("links of the service's answers", () => {
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  /** A world in which every name has these addresses, and each of them is this one server. */
  async function setUp(addresses: readonly string[]) {
    const arrived: { host: string | undefined; body: Promise<string> }[] = [];
    const bodyOf = async (request: IncomingMessage) => (await Array.fromAsync(request)).join("");
    const server = createServer((request, response) => {
      const body = bodyOf(request);
      arrived.push({ host: request.headers.host, body });
      void body.then(() => response.end("{}"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const dialled: { address: string; port: number; secure: boolean; serverName: string }[] = [];
    const exchange = createExchange({
      resolve: () => Promise.resolve(addresses),
      dial: ({ signal: _, ...target }) => {
        dialled.push(target);
        return Promise.resolve(connect({ host: "127.0.0.1", port }));
      },
    });
    open.push(exchange.close, () => server.close());
    const call = (addressFrom: ExchangeCall["addressFrom"], url: string) =>
      exchange.call({
        method: "PUT",
        url,
        headers: {},
        body: "three words here",
        addressFrom,
        timeoutMs: 5_000,
        maxBytes: 1_000,
        signal: inTime(),
      });
    return { call, dialled, arrived, origin: `http://127.0.0.1:${port}` };
  }

  it("are dialled at the very address that was looked at", async () => {
    const { call, dialled, arrived } = await setUp(["93.184.216.34"]);
    expect(await call("service", "https://media.storage.test/a?b=1")).toMatchObject({
      kind: "answer",
      status: 200,
    });
    const serverName = "media.storage.test";
    expect(dialled).toEqual([{ address: "93.184.216.34", port: 443, secure: true, serverName }]);
    expect(arrived.map(({ host }) => host)).toEqual([serverName]);
    expect(await arrived[0]?.body).toBe("three words here");
  });

  it.each([
    ["127.0.0.1"],
    ["169.254.169.254"],
    ["10.0.0.7"],
    ["::1"],
    ["::ffff:192.168.0.1"],
    ["fd00::1"],
    // One good one among them is no excuse.
    ["93.184.216.34", "127.0.0.1"],
    [],
  ])("are not dialled where their name leads to %s", async (...addresses) => {
    const { call, dialled, arrived } = await setUp(addresses);
    expect(await call("service", "https://media.storage.test/a")).toMatchObject({ kind: "not-sent" });
    expect(dialled).toEqual([]);
    expect(arrived).toEqual([]);
  });

  it("are given up at the caller's deadline, however long they drip", async () => {
    const drips: NodeJS.Timeout[] = [];
    const server = createServer((_request, response) => {
      response.writeHead(200);
      drips.push(setInterval(() => response.write("x"), 5));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const exchange = createExchange();
    open.push(exchange.close, () => {
      for (const drip of drips) clearInterval(drip);
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const result = await exchange.call({
      method: "DELETE",
      url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/a`,
      headers: {},
      body: null,
      addressFrom: "operator",
      timeoutMs: 5_000,
      maxBytes: 1_000_000,
      signal: inTime(200),
    });
    expect(result).toEqual({ kind: "lost", detail: "timeout" });
  });

  it("are dialled anywhere where the operator wrote the address", async () => {
    const { call, dialled, arrived, origin } = await setUp([]);
    expect(await call("operator", `${origin}/a`)).toMatchObject({ kind: "answer", status: 200 });
    expect(dialled).toEqual([]);
    expect(arrived).toHaveLength(1);
  });
});
