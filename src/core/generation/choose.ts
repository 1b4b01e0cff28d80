import { MAXIMUM_COUNT } from "../core-config.ts";
import type { Aspect, GeneratorModel, MediaKind } from "../ports/generator.ts";
import type { Settings } from "../usage/user.ts";
import type { Ask, AskProblem, Nearest } from "./ask.ts";
import { nearestAspect, ratioOf } from "./aspect.ts";
import { fitsPrompt, fitsReferences, type Offers } from "./offers.ts";
import { checkPrompt, EDIT_PROMPT_MINIMUM, PROMPT_MAXIMUM, PROMPT_MINIMUM } from "./prompt.ts";
import type { ReferenceSource } from "./reference.ts";
import { STYLE_NAMES } from "./styles.ts";

/** What is going to be made, after defaults: explicit before the member's before the instance's. */
export interface Choice {
  readonly prompt: string;
  readonly kind: MediaKind;
  readonly model: GeneratorModel;
  readonly aspect: Aspect;
  /** Nobody named an aspect: what is made from a picture keeps to the picture's own. */
  readonly aspectIsOpen: boolean;
  readonly style: string | null;
  readonly count: number;
}

export type ChoiceResult =
  | { readonly status: "ok"; readonly choice: Choice }
  | {
      readonly status: "invalid";
      readonly problems: readonly AskProblem[];
      readonly nearest: Nearest | null;
    }
  | { readonly status: "nothing-offered"; readonly kind: MediaKind };

type Wish = Pick<Ask, "prompt" | "kind" | "provider" | "style" | "aspect" | "count" | "references">;

/** What is wrong with the prompt: an instruction for a picture that is there may be shorter. */
export function promptProblem(raw: string, references: readonly ReferenceSource[] = []): AskProblem | null {
  const minimum = references.length > 0 ? EDIT_PROMPT_MINIMUM : PROMPT_MINIMUM;
  const check = checkPrompt(raw, minimum);
  if (check.status === "ok") return null;
  return {
    field: "prompt",
    message: `prompt-${check.why}`,
    args: { length: check.length, minimum, maximum: PROMPT_MAXIMUM },
  };
}

/** Decides it all, and collects everything that is wrong rather than the first thing. */
export function choose(wish: Wish, settings: Settings, offers: Offers): ChoiceResult {
  const problems: AskProblem[] = [];
  const references = wish.references ?? [];
  const check = checkPrompt(wish.prompt, references.length > 0 ? EDIT_PROMPT_MINIMUM : PROMPT_MINIMUM);
  const badPrompt = promptProblem(wish.prompt, references);
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
  if (offers.ofKind(kind).length === 0) return { status: "nothing-offered", kind };
  const model = chooseModel(wish, kind, settings, offers, problems);
  const aspect = model === null ? null : chooseAspect(wish, model, settings, problems);
  if (problems.length > 0 || check.status !== "ok" || model === null || aspect === null) {
    const nearest = badPrompt ? null : nearestTo(wish, kind, settings, offers);
    return { status: "invalid", problems, nearest };
  }
  const aspectIsOpen = !given(wish.aspect);
  return {
    status: "ok",
    choice: { prompt: check.prompt, kind, model, aspect, aspectIsOpen, style, count },
  };
}

function given(value: string | undefined): string | undefined {
  const text = value?.trim().toLowerCase();
  return text === "" ? undefined : text;
}

function knownStyle(name: string | null): string | null {
  return STYLE_NAMES.find((style) => style === name?.trim().toLowerCase()) ?? null;
}

function chooseKind(wish: Wish, settings: Settings, offers: Offers, problems: AskProblem[]): MediaKind {
  const asked = given(wish.kind);
  if (asked === "image" || asked === "video") return asked;
  if (asked !== undefined) problems.push({ field: "type", message: "type-unknown", args: {} });
  const provider = given(wish.provider);
  if (provider !== undefined) {
    const kinds = offers.models.filter((model) => model.id === provider).map((model) => model.kind);
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
): GeneratorModel | null {
  const references = wish.references ?? [];
  const asked = given(wish.provider);
  if (asked !== undefined) {
    const model = offers.find(asked, kind);
    if (model === null) {
      problems.push({
        field: "provider",
        message: offers.knows(asked) ? "provider-wrong-kind" : "provider-unknown",
        args: { provider: asked.slice(0, 40), kind, providers: idsOf(offers.ofKind(kind)) },
      });
      return null;
    }
    problems.push(...referenceProblems(model, references));
    if (!fitsPrompt(model, wish.prompt))
      problems.push({
        field: "prompt",
        message: "prompt-too-long-here",
        args: { provider: model.label, maximum: model.promptUnits ?? 0 },
      });
    return model;
  }
  if (isMaskAlone(references)) {
    problems.push(MASK_ALONE);
    return null;
  }
  const able = offers
    .ofKind(kind)
    .filter((model) => fitsReferences(model, references) && fitsPrompt(model, wish.prompt));
  if (able.length > 0) return preferredOf(able, kind, settings, offers);
  const most = offers.ofKind(kind).toSorted((a, b) => b.maxReferences - a.maxReferences)[0];
  const isTooMany = most !== undefined && most.maxReferences > 0 && !masks(references);
  problems.push(
    isTooMany
      ? { field: "referenceImageUrl", message: "reference-too-many", args: manyArgs(most, references) }
      : { field: "referenceImageUrl", message: "reference-nowhere", args: { kind } },
  );
  return null;
}

/** Why this model cannot work from these references. */
function referenceProblems(model: GeneratorModel, references: readonly ReferenceSource[]): AskProblem[] {
  if (isMaskAlone(references)) return [MASK_ALONE];
  const found: AskProblem[] = [];
  const args = manyArgs(model, references);
  if (args.count > model.maxReferences) {
    const message = model.maxReferences === 0 ? "reference-not-taken" : "reference-too-many";
    found.push({ field: "referenceImageUrl", message, args });
  }
  if (masks(references) && !model.takesMask) {
    found.push({ field: "mask", message: "mask-not-taken", args: { provider: model.label } });
  }
  return found;
}

function manyArgs(model: GeneratorModel, references: readonly ReferenceSource[]) {
  const count = references.filter(({ role }) => role === "picture").length;
  return { provider: model.label, maximum: model.maxReferences, count };
}

const MASK_ALONE: AskProblem = { field: "mask", message: "mask-needs-picture", args: {} };

function isMaskAlone(references: readonly ReferenceSource[]): boolean {
  return references.length > 0 && references.every(({ role }) => role === "mask");
}

function masks(references: readonly ReferenceSource[]): boolean {
  return references.some(({ role }) => role === "mask");
}

function idsOf(models: readonly GeneratorModel[]): string {
  return models.map(({ id }) => id).join(", ");
}

/** The member's own, else the instance's; of those that are up, if any is. */
function preferredOf(
  able: readonly GeneratorModel[],
  kind: MediaKind,
  settings: Settings,
  offers: Offers,
): GeneratorModel | null {
  const own = kind === "image" ? settings.imageProvider : settings.videoProvider;
  const preferred = able.find(({ id }) => id === own);
  if (preferred && offers.isUp(preferred)) return preferred;
  const real = able.filter((model) => !model.sketch);
  return real.find((model) => offers.isUp(model)) ?? preferred ?? real[0] ?? able[0] ?? null;
}

function chooseAspect(wish: Wish, model: GeneratorModel, settings: Settings, problems: AskProblem[]): Aspect {
  const asked = given(wish.aspect);
  if (asked !== undefined) {
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

/** The request that comes nearest and can be made, or null where nothing would do. */
function nearestTo(wish: Wish, kind: MediaKind, settings: Settings, offers: Offers): Nearest | null {
  const references = wish.references ?? [];
  const asked = offers.find(given(wish.provider) ?? "", kind);
  const ofKind = offers.ofKind(kind);
  if (isMaskAlone(references)) return null;
  const able = ofKind.filter((model) => fitsReferences(model, references) && fitsPrompt(model, wish.prompt));
  const model =
    (asked && able.includes(asked) ? asked : preferredOf(able, kind, settings, offers)) ??
    asked ??
    preferredOf(ofKind, kind, settings, offers);
  if (model === null) return null;
  const ratio = ratioOf(given(wish.aspect) ?? "");
  return {
    kind,
    provider: model.id,
    label: model.label,
    aspect: ratio === null ? model.aspects[0] : nearestAspect(model.aspects, ratio),
    style: knownStyle(wish.style ?? null),
    count: Math.max(1, Math.min(MAXIMUM_COUNT, Math.round(wish.count ?? 1) || 1)),
    keepsReferences: fitsReferences(model, references),
  };
}
