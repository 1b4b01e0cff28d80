import { fitsReferences, type Offers } from "../../generation/offers.ts";
import { writeButtonData } from "../actions.ts";
import type { Turn } from "../context.ts";
import type { Draft } from "../draft.ts";
import type { Button, Reply } from "../text.ts";

/** A button has room for ids of this length. */
const ID_LENGTH = 20;
const PROVIDERS_SHOWN = 6;

/** The offer as a message: the prompt, and buttons for type, provider, number and the start. */
export function createOfferCard(offers: Offers): (turn: Turn, id: string, draft: Draft) => Reply {
  return (turn, id, draft) => {
    const references = draft.references ?? [];
    const able = (kind: "image" | "video") =>
      offers.ofKind(kind).filter((model) => fitsReferences(model, references));
    const kind = draft.kind ?? turn.user.settings.kind ?? "image";
    const preferred = kind === "image" ? turn.user.settings.imageProvider : turn.user.settings.videoProvider;
    const models = able(kind);
    const chosen = draft.provider ?? models.find(({ id: own }) => own === preferred)?.id ?? models[0]?.id;
    const count = draft.count ?? 1;
    const option = (label: string, argument: string, on: boolean): Button => ({
      label: on ? `✓ ${label}` : label,
      data: writeButtonData("draft", id, argument),
      style: "secondary",
    });
    const kinds = (["image", "video"] as const).filter((each) => able(each).length > 0);
    return {
      title: turn.line("words-offer"),
      text: references.length > 0 ? turn.text("words-offer-pictures", { count: references.length }) : [],
      quote: draft.prompt,
      buttons: [
        [turn.button("button-generate", writeButtonData("draft", id, "go"), "primary")],
        kinds.map((each) => option(turn.line(`button-${each}`), `kind=${each}`, each === kind)),
        ...chunk(
          models
            .filter((model) => model.id.length <= ID_LENGTH)
            .slice(0, PROVIDERS_SHOWN)
            .map((model) => option(model.label, `provider=${model.id}`, model.id === chosen)),
          2,
        ),
        [1, 2, 3, 4].map((number) => option(String(number), `count=${number}`, number === count)),
      ],
      private: true,
    };
  };
}

/** `kind=video` applied to a draft; another kind forgets the provider and the aspect. Nonsense changes nothing. */
export function changeDraft(draft: Draft, argument: string): Draft {
  const [name, value = ""] = argument.split("=", 2);
  if (name === "kind" && (value === "image" || value === "video")) {
    const { provider: _provider, aspect: _aspect, ...rest } = draft;
    return { ...rest, kind: value };
  }
  if (name === "provider") return { ...draft, provider: value };
  if (name === "count" && /^[1-4]$/.test(value)) return { ...draft, count: Number(value) };
  return draft;
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const rows: T[][] = [];
  for (let start = 0; start < items.length; start += size) rows.push(items.slice(start, start + size));
  return rows;
}
