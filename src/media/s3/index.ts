import { defineMediaStore, type MediaStoreModule } from "../module.ts";
import { createRemoteCalls } from "../remote-calls.ts";
import { s3Environment } from "./config.ts";
import { readS3Place } from "./place.ts";
import { createS3Store, explainS3 } from "./s3-store.ts";

export const s3: MediaStoreModule = defineMediaStore({
  id: "s3",
  env: s3Environment,
  example: "s3://bucket/prefix?endpoint=https://…",
  read: readS3Place,
  create(place, { clock }) {
    const calls = createRemoteCalls({ store: "s3", clock, explain: explainS3 });
    return {
      store: createS3Store({ place, calls, clock }),
      place: `s3:${place.bucketUrl}/${place.prefix}`,
      close: () => calls.close(),
    };
  },
});
