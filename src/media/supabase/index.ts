import { defineMediaStore, type MediaStoreModule } from "../module.ts";
import { createRemoteCalls } from "../remote-calls.ts";
import { supabaseEnvironment } from "./config.ts";
import { readSupabasePlace } from "./place.ts";
import { createSupabaseStore, explainSupabase } from "./supabase-store.ts";

export const supabase: MediaStoreModule = defineMediaStore({
  id: "supabase",
  env: supabaseEnvironment,
  example: "supabase://bucket/prefix",
  read: readSupabasePlace,
  create(place, { clock }) {
    const calls = createRemoteCalls({ store: "supabase", clock, explain: explainSupabase });
    return {
      store: createSupabaseStore({ place, calls }),
      place: `supabase:${place.storageUrl}/${place.bucket}/${place.prefix}`,
      close: () => calls.close(),
    };
  },
});
