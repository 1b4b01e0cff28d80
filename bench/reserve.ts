import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Connection from "better-sqlite3";
import { createStores } from "../src/db/stores.ts";
import { migrationsFolder, openTestDatabase } from "../test/support/databases.ts";
import { member, NOON, newOrder } from "../test/support/store-fixtures.ts";

/**
 * Goals 1 and 2 of the performance page: the reservation (inbox, allowance, asset, ledger, outbox in one transaction)
 * through the stores against the same statements by hand on better-sqlite3; and the commits of one event-loop turn
 * grouped against one commit each. `node bench/reserve.ts [orders]`; ratios within one run are what counts.
 */
const ORDERS = Number(process.argv[2] ?? 2_000);
const AT_ONCE = 32;
const ORDERS_PER_MEMBER = 10;
const ROUNDS = 5;
const folder = mkdtempSync(join(tmpdir(), "easel-bench-"));

interface Measured {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

async function measure(count: number, work: () => Promise<void>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (count / elapsedMs) * 1000, cpuMicroseconds: (user + system) / count };
}

/** `concurrency` callers that each order one after the other. */
async function throughStores(concurrency: number, count: number): Promise<Measured> {
  const database = await openTestDatabase(`file:${join(folder, `stores-${Math.random()}.db`)}`);
  const stores = createStores(database);
  const users = await Promise.all(
    Array.from({ length: Math.ceil(count / ORDERS_PER_MEMBER) }, () => member(stores)),
  );
  const orders = users.flatMap((user) =>
    Array.from({ length: ORDERS_PER_MEMBER }, () => newOrder(user, 1, { limit: 10 })),
  );
  const caller = async (): Promise<void> => {
    for (let order = orders.pop(); order !== undefined; order = orders.pop())
      await stores.generation.order(order);
  };
  const measured = await measure(count, async () => {
    await Promise.all(Array.from({ length: concurrency }, caller));
  });
  await database.close();
  return measured;
}

/** The same rows by prepared statements, `perCommit` orders a transaction, with nothing of ours in between. */
async function byHand(
  perCommit: number,
  count: number,
  synchronous: "FULL" | "NORMAL" = "FULL",
): Promise<Measured> {
  const connection = new Connection(join(folder, `raw-${Math.random()}.db`));
  for (const pragma of [
    "journal_mode = WAL",
    `synchronous = ${synchronous}`,
    "foreign_keys = ON",
    "temp_store = MEMORY",
  ]) {
    connection.pragma(pragma);
  }
  connection.exec(readFileSync(join(migrationsFolder, "sqlite", "0001_initial.sql"), "utf8"));
  const addUser = connection.prepare("insert into users (id, settings, created_at) values (?, '{}', 1)");
  for (let index = 0; index * ORDERS_PER_MEMBER < count; index += 1) addUser.run(`usr_${index}`);
  const inbox = connection.prepare(`insert into inbox (key, source, state, received_at, handled_at)
    values (?, 'discord', 'handled', ?, ?) on conflict (key) do update
    set state = 'handled', handled_at = excluded.handled_at, payload = null where inbox.state = 'received' returning key`);
  const usage =
    connection.prepare(`insert into user_usage (user_id, period, media_generations_created) values (?, '2026-11', 1)
    on conflict (user_id, period) do update set media_generations_created = media_generations_created + 1
    where media_generations_created + 1 <= ? returning media_generations_created`);
  const standing = connection.prepare(`select grants, (select count(*) from media_assets
    where state in ('queued', 'preparing', 'submitting', 'submitted', 'storing', 'unknown')
      and due_at is not null and user_id = ?) from users where id = ?`);
  const asset =
    connection.prepare(`insert into media_assets (id, batch_id, batch_index, batch_count, user_id, platform,
    receipt, handle, kind, provider, prompt, search_text, aspect, style, seed, state, due_at, private, period, unit_source, created_at)
    values (?, ?, 0, 1, ?, 'discord', ?, ?, 'image', 'kie-4o-image', ?, ?, '1:1', null, 7, 'queued', ?, 0, '2026-11', 'limit', ?)
    on conflict (user_id, receipt) do nothing returning id`);
  const ledger =
    connection.prepare(`insert into usage_ledger (id, user_id, asset_id, step, kind, source, period, units, created_at)
    values (?, ?, ?, 1, 'reserve', 'limit', '2026-11', 1, ?)`);
  const delivery =
    connection.prepare(`insert into deliveries (id, kind, dedupe_key, user_id, batch_id, asset_id, platform,
    chat_key, target, lane, reply, state, due_at, created_at)
    values (?, 'status', ?, ?, ?, null, 'discord', 'discord:1', ?, 'interactive', null, 'new', ?, ?)
    on conflict (dedupe_key) do nothing`);
  const [begin, commit] = [connection.prepare("BEGIN IMMEDIATE"), connection.prepare("COMMIT")];
  const target = JSON.stringify({
    platform: "discord",
    chatKey: "discord:1",
    place: { channel: "1" },
    private: false,
  });

  const measured = await measure(count, async () => {
    for (let done = 0; done < count; done += perCommit) {
      begin.run();
      for (let index = done; index < Math.min(count, done + perCommit); index += 1) {
        const id = `gen_${index}`;
        const user = `usr_${Math.floor(index / ORDERS_PER_MEMBER)}`;
        inbox.get(`key${index}`, NOON, NOON);
        standing.get(user, user);
        usage.get(user, 10);
        asset.get(
          id,
          `bat_${index}`,
          user,
          `R${index}`,
          `handle-${index}`,
          "a red fox in the snow",
          "a red fox in the snow",
          NOON,
          NOON,
        );
        ledger.run(`led_${index}`, user, id, NOON);
        delivery.run(`dlv_${index}`, `status:${index}`, user, `bat_${index}`, target, NOON, NOON);
      }
      commit.run();
    }
  });
  connection.close();
  return measured;
}

/** Rounds take turns, so that a slow moment of the machine meets all of them; the middle one counts. */
async function median(names: readonly (() => Promise<Measured>)[]): Promise<Measured[]> {
  const all: Measured[][] = names.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, run] of names.entries()) all[index]?.push(await run());
  }
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return all.map((rounds) => ({
    perSecond: middle(rounds.map((each) => each.perSecond)),
    cpuMicroseconds: middle(rounds.map((each) => each.cpuMicroseconds)),
  }));
}

const names = [
  "stores, 32 at once",
  "by hand, 32 a commit",
  "stores, one at a time",
  "by hand, one a commit",
  "by hand, NORMAL",
];
// The first run of each compiles.
await throughStores(AT_ONCE, ORDERS);
await byHand(AT_ONCE, ORDERS);
const results = await median([
  () => throughStores(AT_ONCE, ORDERS),
  () => byHand(AT_ONCE, ORDERS),
  () => throughStores(1, Math.ceil(ORDERS / 4)),
  () => byHand(1, Math.ceil(ORDERS / 4)),
  () => byHand(1, ORDERS, "NORMAL"),
]);
rmSync(folder, { recursive: true });

for (const [index, { perSecond, cpuMicroseconds }] of results.entries()) {
  console.log(
    `${(names[index] ?? "").padEnd(24)} ${perSecond.toFixed(0).padStart(7)}/s ${cpuMicroseconds.toFixed(0).padStart(6)} µs CPU`,
  );
}
const [stores, hand, single, handSingle, normal] = results;
const ratio = (a: Measured | undefined, b: Measured | undefined) =>
  ((a?.perSecond ?? 0) / (b?.perSecond ?? 1)).toFixed(2);
console.log(
  `goal 1, through the stores against by hand, same commits (at least 0.8):   ${ratio(stores, hand)} (one at a time: ${ratio(single, handSingle)})`,
);
console.log(
  `goal 2, grouped against one commit each, FULL (at least 3):                ${ratio(stores, single)}`,
);
console.log(
  `goal 2, grouped FULL against by hand NORMAL (at least 0.9):                ${ratio(stores, normal)}`,
);
