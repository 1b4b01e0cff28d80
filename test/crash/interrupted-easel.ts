/**
 * The real process, with one addition: it kills itself with SIGKILL just before or just after the n-th call of one
 * store operation has committed. Told by the variable CRASH_AT: `generation.order before 1`.
 */
import { createApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import type { Stores } from "../../src/core/ports/stores.ts";

const [operation = "", side = "before", nth = "1"] = (process.env["CRASH_AT"] ?? "").split(" ");
let seen = 0;

function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

/** The same store, interrupted in one of its operations. */
function interrupt<T extends object>(store: T, name: string): T {
  return new Proxy(store, {
    get(target, key, receiver) {
      const method: unknown = Reflect.get(target, key, receiver);
      if (typeof method !== "function" || `${name}.${String(key)}` !== operation) return method;
      return async (...args: unknown[]) => {
        seen += 1;
        const now = seen === Number(nth);
        if (now && side === "before") await die();
        const result: unknown = await Reflect.apply(method, target, args);
        if (now && side === "after") await die();
        return result;
      };
    },
  });
}

const app = await createApp(loadConfig(), {
  stores: (stores: Stores) => ({
    ...stores,
    inbox: interrupt(stores.inbox, "inbox"),
    generation: interrupt(stores.generation, "generation"),
    deliveries: interrupt(stores.deliveries, "deliveries"),
    users: interrupt(stores.users, "users"),
  }),
});
process.on("SIGTERM", () => void app.stop().then(() => process.exit(0)));
const started = await app.start();
process.stderr.write(`Easel is running: ${started.url}/\n`);
