import { discord } from "./discord/index.ts";
import type { BotModule } from "./module.ts";
import { studio } from "./studio/index.ts";
import { telegram } from "./telegram/index.ts";

/** Every platform, one line each. */
export const bots: readonly BotModule[] = [discord, telegram, studio];
