import { createStores } from "../../../src/db/stores.ts";
import { openTestDatabase } from "../../support/databases.ts";
import { NOON, newEnding, newOrder } from "../../support/store-fixtures.ts";

/**
 * A process that orders and cancels as fast as it can, and prints each asset as soon as its order was acknowledged.
 * Started by durability.test.ts, which kills it. Arguments: the database's URL, a name of its own.
 */
const [url = "", name = ""] = process.argv.slice(2);
const stores = createStores(await openTestDatabase(url));
const user = await stores.users.resolve(`discord:${name}`, { name, locale: null }, `usr_${name}`, NOON);

for (let round = 0; ; round += 1) {
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const order = newOrder(user, 1, { limit: null });
      const id = `gen_${name}-${round}-${index}` as const;
      const receipts = [`${name}-${round}-${index}`];
      const [first] = order.assets;
      const named = { ...first, id, receipts, handle: id, ledgerId: `led_${id}` };
      const status = { ...order.status, id: `dlv_${id}`, dedupeKey: `status:${id}` } as const;
      await stores.generation.order({
        ...order,
        inboxKey: id,
        assets: [named],
        status,
        batchId: `bat_${id}`,
      });
      process.stdout.write(`ordered ${id}\n`);
      if (index % 2 === 0) {
        await stores.generation.cancel(id, newEnding("cancelled", { ledgerId: `led_end_${id}` }));
        process.stdout.write(`cancelled ${id}\n`);
      }
    }),
  );
}
