/**
 * The real process, with one addition: it kills itself with SIGKILL just before or just after the n-th call of one
 * store operation has committed. Told by the variable CRASH_AT: `generation.order before 1`, or, to count only from
 * the end of another one, `posts.claim before 1 since posts.confirm`.
 */
import { flushCompileCache } from "node:module";
import { createApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import type { Stores } from "../../src/core/ports/stores.ts";

const [operation = "", side = "before", nth = "1", , since] = (process.env["CRASH_AT"] ?? "").split(" ");
let seen = 0;
let isCounting = since === undefined;

function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

/** The same store, interrupted in one of its operations. */
function interrupt<T extends object>(store: T, name: string): T {
  return new Proxy(store, {
    get(target, key, receiver) {
      const method: unknown = Reflect.get(target, key, receiver);
      const called = `${name}.${String(key)}`;
      if (typeof method !== "function") return method;
      if (called === since)
        return async (...args: unknown[]) => {
          const result: unknown = await Reflect.apply(method, target, args);
          isCounting = true;
          return result;
        };
      if (called !== operation) return method;
      return async (...args: unknown[]) => {
        if (isCounting) seen += 1;
        const now = isCounting && seen === Number(nth);
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
    captions: interrupt(stores.captions, "captions"),
    accounts: interrupt(stores.accounts, "accounts"),
    posts: interrupt(stores.posts, "posts"),
  }),
});
process.on("SIGTERM", () => void app.stop().then(() => process.exit(0)));
const started = await app.start();
process.stderr.write(`Easel is running: ${started.url}/\n`);
// Node writes the cache at a clean end only, and this process has none.
flushCompileCache();
