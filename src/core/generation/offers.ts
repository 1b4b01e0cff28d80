import { AppError } from "../errors.ts";
import type { Generator, GeneratorModel, MediaKind } from "../ports/generator.ts";

/** What an instance takes when nobody said otherwise; others come after, in the order of the registry. */
const PREFERRED: Readonly<Record<MediaKind, readonly string[]>> = {
  image: ["gemini-flash", "kie-gpt-image-2", "kie-4o-image", "kie-flux-kontext", "openai-image"],
  video: ["kie-veo3"],
};

/** What can be asked for here. */
export interface Offers {
  readonly models: readonly GeneratorModel[];
  ofKind(kind: MediaKind): readonly GeneratorModel[];
  find(id: string, kind: MediaKind): GeneratorModel | null;
  /** Whether any model has this id, of whatever kind. */
  knows(id: string): boolean;
  /** Null: nothing here makes this kind. `sketch` only where there is nothing else. */
  standard(kind: MediaKind): GeneratorModel | null;
  /** Whether work is sent to it at the moment. */
  isUp(model: GeneratorModel): boolean;
  /** The generator at work behind a model. */
  generatorOf(id: string, kind: MediaKind): Generator;
  readonly generators: readonly Generator[];
}

/** Whether a model can work from these. */
export function fitsReferences(
  model: GeneratorModel,
  references: readonly { readonly role: "picture" | "mask" }[],
): boolean {
  const pictures = references.filter(({ role }) => role === "picture").length;
  return pictures <= model.maxReferences && (pictures === references.length || model.takesMask);
}

/** Room for the words of a style. */
const STYLE_UNITS = 200;

export function fitsPrompt(model: GeneratorModel, prompt: string): boolean {
  return model.promptUnits === undefined || prompt.length + STYLE_UNITS <= model.promptUnits;
}

export function createOffers(
  generators: readonly Generator[],
  isUp: (model: GeneratorModel) => boolean = () => true,
): Offers {
  const models = generators.flatMap((generator) => generator.models);
  const order = (model: GeneratorModel): number => {
    const place = PREFERRED[model.kind].indexOf(model.id);
    return model.sketch ? 1_000 : place === -1 ? 500 : place;
  };
  const sorted = models.toSorted((a, b) => order(a) - order(b));
  const find = (id: string, kind: MediaKind): GeneratorModel | null =>
    sorted.find((model) => model.id === id && model.kind === kind) ?? null;
  return {
    models: sorted,
    generators,
    isUp,
    ofKind: (kind) => sorted.filter((model) => model.kind === kind),
    find,
    knows: (id) => sorted.some((model) => model.id === id),
    standard: (kind) => sorted.find((model) => model.kind === kind) ?? null,
    generatorOf(id, kind) {
      const generator = generators.find((candidate) =>
        candidate.models.some((model) => model.id === id && model.kind === kind),
      );
      if (!generator) throw new AppError("PROVIDER_DOWN", "the provider is not configured any more");
      return generator;
    },
  };
}
