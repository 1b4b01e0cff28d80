import { Resolver, lookup as systemLookup } from "node:dns/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/**
 * All addresses of a name, as text; rejects or answers none where there is no such name.
 *
 * `from` is who wrote the name: a member, a service in its answer, or the operator in a setting. An aborted `signal`
 * ends the lookup and frees what it held.
 */
export type Resolve = (
  host: string,
  options: { readonly from: "member" | "service" | "operator"; readonly signal: AbortSignal },
) => Promise<readonly string[]>;

/** Opens a connection to an address that was vetted. TLS is checked against `serverName`, not the address. */
export type Dial = (target: {
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
  readonly serverName: string;
  readonly signal: AbortSignal;
}) => Promise<Socket>;

/** One question to each name server; the guard's own deadline (2 s) comes at the same time or before. */
const QUESTION = { timeout: 2_000, tries: 1 };

/**
 * Looks names up without `getaddrinfo`, which cannot be ended and holds one of the process's few threads for as long
 * as somebody's name server is silent: names that strangers wrote are asked for by sockets of our own. Only the
 * operator's own names go the system's way, for the hosts file and search domains; a service's do where this machine
 * has no name server at all.
 */
export function createResolve(
  options: {
    /** `127.0.0.1:53`; the system's unless given. */
    readonly servers?: readonly string[];
    readonly lookup?: (host: string) => Promise<readonly string[]>;
  } = {},
): Resolve {
  const { servers, lookup = lookupAll } = options;

  async function ask(host: string, signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    // One a name: cancelling ends everything that a resolver has under way.
    const resolver = new Resolver(QUESTION);
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const families = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const answers = families.flatMap((family) => (family.status === "fulfilled" ? family.value : []));
      const [failure] = families.filter((family) => family.status === "rejected");
      // A name may have addresses of one family only.
      if (answers.length === 0 && failure !== undefined) throw failure.reason;
      return answers;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  return async (host, { from, signal }) => {
    if (from === "operator") return lookup(host);
    try {
      return await ask(host, signal);
    } catch (error) {
      if (from === "service" && hasNoServer(error) && !signal.aborted) return lookup(host);
      throw error;
    }
  };
}

/** With the name servers of this machine. */
export const systemResolve = createResolve();

async function lookupAll(host: string): Promise<readonly string[]> {
  const answers = await systemLookup(host, { all: true, order: "ipv4first" });
  return answers.map((answer) => answer.address);
}

function hasNoServer(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
}

/** One socket, nothing looked up on the way. */
export const systemDial: Dial = ({ address, port, secure, serverName, signal }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = secure
      ? connectTls({
          host: address,
          port,
          // An address is no server name; the certificate is then checked against the address.
          servername: isIP(serverName) === 0 ? serverName : "",
          ALPNProtocols: ["http/1.1"],
        })
      : connectTcp({ host: address, port, autoSelectFamily: false });
    const abort = (): void => {
      socket.destroy(new Error("dialling took too long"));
    };
    const settle = (): void => {
      signal.removeEventListener("abort", abort);
      socket.off("error", fail);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.once("error", fail);
    socket.once(secure ? "secureConnect" : "connect", () => {
      settle();
      resolve(socket.setNoDelay(true));
    });
  });
