import type { OptionValue } from "../conversation/intents.ts";
import { MAXIMUM_COUNT } from "../core-config.ts";
import type { Aspect, GeneratorModel, MediaKind } from "../ports/generator.ts";
import type { Settings } from "../usage/user.ts";
import type { Ask, AskProblem } from "./ask.ts";
import type { Offers } from "./offers.ts";
import { checkPrompt, PROMPT_MAXIMUM, PROMPT_MINIMUM } from "./prompt.ts";
import { STYLE_NAMES } from "./styles.ts";

/** What is going to be made, after defaults: explicit before the member's before the instance's. */
export interface Choice {
  readonly prompt: string;
  readonly kind: MediaKind;
  readonly model: GeneratorModel;
  readonly aspect: Aspect;
  readonly style: string | null;
  readonly count: number;
}

export type ChoiceResult =
  | { readonly status: "ok"; readonly choice: Choice }
  | { readonly status: "invalid"; readonly problems: readonly AskProblem[] }
  | { readonly status: "nothing-offered"; readonly kind: MediaKind };

type Wish = Pick<Ask, "prompt" | "kind" | "provider" | "style" | "aspect" | "count" | "referenceUrl">;

/** Reads the named fields of a wish from a command's options; a value of the wrong type is left out. */
export function wishFrom(options: Readonly<Record<string, OptionValue>>): Wish & { private?: boolean } {
  const words = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
  };
  const count = options["count"];
  return {
    prompt: words("prompt") ?? "",
    kind: words("type"),
    provider: words("provider"),
    style: words("style"),
    aspect: words("aspect"),
    count: count === undefined ? undefined : Number(count),
    referenceUrl: words("reference"),
    private: options["private"] === true,
  };
}

/** What is wrong with the prompt, or the normal form of it. */
export function promptProblem(raw: string): AskProblem | null {
  const check = checkPrompt(raw);
  if (check.status === "ok") return null;
  return {
    field: "prompt",
    message: `prompt-${check.why}`,
    args: { length: check.length, minimum: PROMPT_MINIMUM, maximum: PROMPT_MAXIMUM },
  };
}

/** Decides it all, and collects everything that is wrong rather than the first thing. */
export function choose(wish: Wish, settings: Settings, offers: Offers): ChoiceResult {
  const problems: AskProblem[] = [];
  const check = checkPrompt(wish.prompt);
  const badPrompt = promptProblem(wish.prompt);
  if (badPrompt) problems.push(badPrompt);

  const count = wish.count ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > MAXIMUM_COUNT) {
    problems.push({ field: "count", message: "count-invalid", args: { maximum: MAXIMUM_COUNT } });
  }

  const style = wish.style === undefined ? knownStyle(settings.style) : knownStyle(wish.style);
  if (wish.style !== undefined && style === null && wish.style !== "") {
    problems.push({ field: "style", message: "style-unknown", args: { styles: STYLE_NAMES.join(", ") } });
  }

  const kind = chooseKind(wish, settings, offers, problems);
  const model = chooseModel(wish, kind, settings, offers, problems);
  if (model === "nothing-offered") return { status: "nothing-offered", kind };
  if (model === null) return { status: "invalid", problems };

  const aspect = chooseAspect(wish, model, settings, problems);
  if (wish.referenceUrl !== undefined && wish.referenceUrl !== "" && model.maxReferences === 0) {
    problems.push({
      field: "referenceImageUrl",
      message: "reference-not-taken",
      args: { provider: model.label },
    });
  }
  if (problems.length > 0 || check.status !== "ok") return { status: "invalid", problems };
  return { status: "ok", choice: { prompt: check.prompt, kind, model, aspect, style, count } };
}

function knownStyle(name: string | null): string | null {
  return STYLE_NAMES.find((style) => style === name?.trim().toLowerCase()) ?? null;
}

function chooseKind(wish: Wish, settings: Settings, offers: Offers, problems: AskProblem[]): MediaKind {
  const asked = wish.kind?.trim().toLowerCase();
  if (asked === "image" || asked === "video") return asked;
  if (asked !== undefined && asked !== "")
    problems.push({ field: "type", message: "type-unknown", args: {} });
  if (wish.provider !== undefined) {
    const kinds = offers.models.filter((model) => model.id === wish.provider).map((model) => model.kind);
    if (kinds.length === 1 && kinds[0]) return kinds[0];
  }
  return settings.kind ?? "image";
}

function chooseModel(
  wish: Wish,
  kind: MediaKind,
  settings: Settings,
  offers: Offers,
  problems: AskProblem[],
): GeneratorModel | "nothing-offered" | null {
  const available = offers.ofKind(kind);
  if (available.length === 0) return "nothing-offered";
  const asked = wish.provider?.trim().toLowerCase();
  if (asked !== undefined && asked !== "") {
    const model = offers.find(asked, kind);
    if (model) return model;
    problems.push({
      field: "provider",
      message: offers.knows(asked) ? "provider-wrong-kind" : "provider-unknown",
      args: {
        provider: asked.slice(0, 40),
        kind,
        providers: available.map((offered) => offered.id).join(", "),
      },
    });
    return null;
  }
  const preferred = kind === "image" ? settings.imageProvider : settings.videoProvider;
  return (preferred === null ? null : offers.find(preferred, kind)) ?? offers.standard(kind);
}

function chooseAspect(wish: Wish, model: GeneratorModel, settings: Settings, problems: AskProblem[]): Aspect {
  const asked = wish.aspect?.trim();
  if (asked !== undefined && asked !== "") {
    const aspect = model.aspects.find((candidate) => candidate === asked);
    if (aspect) return aspect;
    problems.push({
      field: "aspect",
      message: "aspect-not-made",
      args: { aspect: asked.slice(0, 12), provider: model.label, aspects: model.aspects.join(", ") },
    });
  }
  return model.aspects.find((candidate) => candidate === settings.aspect) ?? model.aspects[0];
}
