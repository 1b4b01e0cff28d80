import { gemini } from "./gemini/index.ts";
import { kie } from "./kie/index.ts";
import { late } from "./late/index.ts";
import type { ProviderModule } from "./module.ts";
import { openai } from "./openai/index.ts";
import { sketch } from "./sketch/index.ts";

/** Every provider, one line each. */
export const providers: readonly ProviderModule[] = [gemini, kie, late, openai, sketch];
