import type { Network } from "../ports/publisher.ts";
import type { Plan } from "./plan.ts";
import { fitText } from "./text-fit.ts";

/** Words before they are posted; the hashtags are those beside the ones that stand in the text. */
export interface PlannedText {
  readonly text: string;
  readonly hashtags: readonly string[];
}

type Texts = Pick<Plan, "text" | "hashtags" | "texts">;

/** What goes to that network: its own text, else the one for all. */
export function textFor(plan: Texts, network: Network): PlannedText {
  const { text, hashtags } = plan.texts[network] ?? plan;
  return { text, hashtags };
}

/** With other words for one network, or for all of them (null), whatever single ones had. Its card begins anew. */
export function withText(plan: Plan, network: Network | null, { text, hashtags }: PlannedText): Plan {
  const words = { text, hashtags: [...hashtags] };
  return network === null
    ? { ...plan, ...words, texts: {}, page: 0 }
    : { ...plan, texts: { ...plan.texts, [network]: words }, page: 0 };
}

/** The networks of these accounts, each once. */
export function networksOf(accounts: readonly { readonly network: Network }[]): readonly Network[] {
  return [...new Set(accounts.map(({ network }) => network))];
}

/** Each text as it is posted, once, with the networks that get it, in their order. */
export function textsOf(
  plan: Texts,
  networks: readonly Network[],
): readonly { readonly networks: readonly Network[]; readonly text: string }[] {
  const found = new Map<string, Set<Network>>();
  for (const network of networks) {
    const own = textFor(plan, network);
    const { text } = fitText(own.text, own.hashtags, network);
    found.set(text, (found.get(text) ?? new Set()).add(network));
  }
  return Array.from(found, ([text, getters]) => ({ networks: [...getters], text }));
}
