import { discord } from "./discord/index.ts";
import type { BotModule } from "./module.ts";
import { telegram } from "./telegram/index.ts";

/** Every platform, one line each. */
export const bots: readonly BotModule[] = [discord, telegram];
