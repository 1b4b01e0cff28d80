import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** All addresses of a name, as text; rejects or answers none where there is no such name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Opens a connection to an address that was vetted. TLS is checked against `serverName`, not the address. */
export type Dial = (target: {
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
  readonly serverName: string;
  readonly signal: AbortSignal;
}) => Promise<Socket>;

/** The system's resolver, `/etc/hosts` included, so that an operator's own names work for trusted origins. */
export const systemResolve: Resolve = async (host) => {
  const answers = await lookup(host, { all: true, order: "ipv4first" });
  return answers.map((answer) => answer.address);
};

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
