import { excerpt } from "../generation/prompt.ts";
import type { GeneratorModel } from "../ports/generator.ts";
import type { ConversationDependencies } from "./context.ts";
import type { Conversation, Suggestion } from "./conversation.ts";

const MOST = 25;

/** Completions while an option is typed: providers, zones, languages, the member's own receipts. */
export function createSuggest(dependencies: ConversationDependencies): Conversation["suggest"] {
  const { offers, messages, gallery, members } = dependencies;
  const zones = Intl.supportedValuesOf("timeZone");

  async function candidates(
    option: string,
    query: Parameters<Conversation["suggest"]>[0],
  ): Promise<Suggestion[]> {
    switch (option) {
      case "provider":
        return offers.models.map((model) => ({ label: `${model.label} (${takes(model)})`, value: model.id }));
      case "zone":
        return zones.map((zone) => ({ label: zone, value: zone }));
      case "language":
        return messages.languages.map((language) => ({ label: language, value: language }));
      case "id": {
        const user = await members.of(query.actor);
        const { assets } = await gallery.list(user.id, { pageSize: 50 });
        return assets.map((asset) => ({
          label: `${asset.receipt} · ${excerpt(asset.prompt, 60)}`.slice(0, 100),
          value: asset.receipt,
        }));
      }
      default:
        return [];
    }
  }

  return async (query) => {
    const typed = query.text.trim().toLowerCase().slice(0, 100);
    const found = (await candidates(query.option, query)).filter((suggestion) =>
      suggestion.label.toLowerCase().includes(typed),
    );
    const seen = new Set<string>();
    return found.filter(({ value }) => !seen.has(value) && seen.add(value)).slice(0, MOST);
  };
}

/** What a model makes, and from how many pictures. */
function takes({ kind, maxReferences }: GeneratorModel): string {
  const pictures = maxReferences === 1 ? "1 picture" : `${maxReferences} pictures`;
  return maxReferences === 0 ? kind : `${kind}, takes ${pictures}`;
}
