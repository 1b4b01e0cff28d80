import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { setTimeout as later } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createManualClock } from "../../../test/contract/support/manual-clock.ts";
import { createResolve } from "./dial.ts";
import { createSafeFetch } from "./safe-fetch.ts";

const A = 1;
const AAAA = 28;

let socket: Socket | undefined;
afterEach(() => {
  socket?.close();
  socket = undefined;
});

type Records = Readonly<Record<string, { readonly v4?: readonly number[]; readonly v6?: readonly number[] }>>;

/** A name server on this machine that says nothing at all about names under `silent.test`. */
async function nameServer(records: Records) {
  const asked: string[] = [];
  const server = createSocket("udp4");
  socket = server;
  server.on("message", (message, { port, address }) => {
    let at = 12;
    const labels: string[] = [];
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.subarray(at + 1, at + 1 + length).toString("latin1"));
      at += length + 1;
    }
    const name = labels.join(".");
    const type = message.readUInt16BE(at + 1);
    asked.push(`${name} ${type === A ? "A" : "AAAA"}`);
    if (name.endsWith("silent.test")) return;
    const record = records[name];
    const bytes = type === A ? record?.v4 : type === AAAA ? record?.v6 : undefined;
    const head = Buffer.alloc(12);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(record === undefined ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(bytes === undefined ? 0 : 1, 6);
    const answer =
      bytes === undefined
        ? []
        : [Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes])];
    server.send(Buffer.concat([head, message.subarray(12, at + 5), ...answer]), port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  return { asked, servers: [`127.0.0.1:${server.address().port}`] };
}

const { signal } = new AbortController();
const V6 = [0x26, 0x06, 0x28, 0, 2, 0x20, 0, 1, 2, 0x48, 0x18, 0x93, 0x25, 0xc8, 0x19, 0x46];
const NAMES: Records = {
  "both.test": { v4: [93, 184, 216, 34], v6: V6 },
  "old.test": { v4: [93, 184, 216, 34] },
  "mixed.test": { v4: [93, 184, 216, 34], v6: [0xfd, ...Array.from({ length: 14 }, () => 0), 1] },
  "empty.test": {},
};
const noLookup = (): never => {
  throw new Error("the system was asked");
};

describe("names that others wrote", () => {
  it("are asked for in both families, without the system's own lookup", async () => {
    const { servers, asked } = await nameServer(NAMES);
    const resolve = createResolve({ servers, lookup: noLookup });
    const both = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"];
    expect(await resolve("both.test", { from: "member", signal })).toEqual(both);
    expect(await resolve("old.test", { from: "service", signal })).toEqual(["93.184.216.34"]);
    expect(asked.toSorted().slice(0, 2)).toEqual(["both.test A", "both.test AAAA"]);
    await expect(resolve("none.test", { from: "member", signal })).rejects.toThrow("ENOTFOUND");
    await expect(resolve("empty.test", { from: "service", signal })).rejects.toThrow("ENODATA");
  });

  it("are given up at once when their time is over, and hold no thread of the process", async () => {
    const { servers, asked } = await nameServer(NAMES);
    const resolve = createResolve({ servers });
    const over = new AbortController();
    const lookups = Array.from({ length: 40 }, (_, index) =>
      resolve(`a${index}.silent.test`, { from: "member", signal: over.signal }).catch((error: unknown) =>
        error instanceof Error && "code" in error ? error.code : error,
      ),
    );
    await expect.poll(() => new Set(asked).size).toBe(80);
    // The threads of getaddrinfo are free: with four of them held, this would wait for seconds.
    expect(await Promise.race([lookup("localhost").then(() => "found"), later(1_500, "held")])).toBe("found");
    over.abort();
    expect(new Set(await Promise.all(lookups))).toEqual(new Set(["ECANCELLED"]));
  });

  it("go the system's way where there is no name server, but only those of a service", async () => {
    const { servers } = await nameServer(NAMES);
    const gone = new Promise<void>((resolve) => socket?.close(resolve));
    socket = undefined;
    await gone;
    const hosts: string[] = [];
    const resolve = createResolve({
      servers,
      lookup: (host) => {
        hosts.push(host);
        return Promise.resolve(["10.0.0.7"]);
      },
    });
    expect(await resolve("files.test", { from: "service", signal })).toEqual(["10.0.0.7"]);
    await expect(resolve("a.test", { from: "member", signal })).rejects.toThrow("ECONNREFUSED");
    expect(hosts).toEqual(["files.test"]);
  });

  it("are the system's matter where the operator wrote them", async () => {
    const { servers, asked } = await nameServer(NAMES);
    const resolve = createResolve({ servers, lookup: () => Promise.resolve(["10.0.0.7"]) });
    expect(await resolve("intranet", { from: "operator", signal })).toEqual(["10.0.0.7"]);
    expect(asked).toEqual([]);
  });
});

describe("the guard", () => {
  const policy = { schemes: ["https"], allowIpLiterals: false, refusedHosts: [] } as const;
  const dial = () => Promise.reject(new Error("no network here"));

  it("refuses a name of which any address is not public", async () => {
    const { servers } = await nameServer(NAMES);
    const resolve = createResolve({ servers });
    const fetchSafely = createSafeFetch({ policy, clock: createManualClock(), resolve, dial });
    expect(await fetchSafely({ url: "https://mixed.test/a.png", maxBytes: 9 })).toMatchObject({
      reason: "dns",
      isPrivate: true,
    });
    expect(await fetchSafely({ url: "https://both.test/a.png", maxBytes: 9 })).toMatchObject({
      reason: "network",
    });
  });

  it("says who wrote a name, and looks up only so many of the members' at once", async () => {
    const clock = createManualClock();
    const asked: string[] = [];
    const fetchSafely = createSafeFetch({
      policy,
      clock,
      resolve: (host, { from }) => {
        asked.push(`${from} ${host}`);
        return from === "member" ? new Promise(() => undefined) : Promise.resolve([]);
      },
      dial,
    });
    const links = Array.from({ length: 20 }, (_, index) =>
      fetchSafely({ url: `https://a${index}.test/a.png`, maxBytes: 9 }),
    );
    await expect.poll(() => asked.length).toBe(16);
    // What a service handed out does not wait behind members.
    const trustedOrigins = ["http://minio:9000"];
    const hosts = { suffixes: [".files.test"], trustedOrigins };
    await fetchSafely({ url: "https://x.files.test/a.png", maxBytes: 9, hosts });
    await fetchSafely({ url: "http://minio:9000/a.png", maxBytes: 9, hosts });
    expect(asked.slice(16)).toEqual(["service x.files.test", "operator minio"]);
    clock.advance(2_000);
    await expect.poll(() => asked.length).toBe(22);
    clock.advance(2_000);
    const reasons = (await Promise.all(links)).map((result) => (result.ok ? "" : result.reason));
    expect(reasons).toEqual(Array.from({ length: 20 }, () => "dns"));
  });
});
