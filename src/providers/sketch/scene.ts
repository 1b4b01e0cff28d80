import { hex, mix, type Rgb } from "./colour.ts";
import { createRandom, hashText } from "./random.ts";
import {
  COLOURS,
  type ColourName,
  type Mood,
  type Season,
  type Setting,
  type SkyThing,
  type SubjectId,
  type Time,
  type Weather,
} from "./vocabulary.ts";
import { meaningsOf, splitWords } from "./words.ts";

export interface Subject {
  readonly id: SubjectId;
  /** 1 to 5. */
  readonly count: number;
  /** Its colour, where the prompt names one just before it ("a red boat"). */
  readonly colour?: Rgb;
}

/** What the prompt asks for, before a single line is drawn. */
export interface Scene {
  /** Of prompt and seed together: drives every choice the words leave open. */
  readonly seed: number;
  readonly time: Time;
  readonly weather: ReadonlySet<Weather>;
  readonly season: Season | undefined;
  readonly setting: Setting | "abstract";
  readonly sky: ReadonlySet<SkyThing>;
  /** At most three, most important first. */
  readonly subjects: readonly Subject[];
  readonly mood: ReadonlySet<Mood>;
  /** Colours that belong to the whole picture. */
  readonly tint: Rgb | undefined;
  /** Words that the vocabulary does not know, folded into the composition by their hash. */
  readonly unknown: readonly string[];
}

/** Where a subject is at home when the prompt names no place; one is chosen by the seed. */
const HOMES: Readonly<Partial<Record<SubjectId, readonly [Setting, ...Setting[]]>>> = {
  fox: ["forest", "field", "mountains"],
  wolf: ["forest", "mountains"],
  bear: ["forest", "mountains"],
  deer: ["forest", "field"],
  owl: ["forest"],
  mushroom: ["forest"],
  cat: ["field", "city"],
  penguin: ["sea"],
  fish: ["underwater"],
  jellyfish: ["underwater"],
  whale: ["sea"],
  boat: ["sea", "lake"],
  lighthouse: ["sea"],
  bridge: ["lake"],
  castle: ["mountains"],
  dragon: ["mountains"],
  tent: ["forest", "mountains"],
  snowman: ["field", "forest"],
  rocket: ["space"],
  astronaut: ["space"],
  ufo: ["field", "desert"],
  robot: ["city"],
  car: ["city", "desert", "mountains"],
  train: ["mountains", "field"],
  plane: ["mountains", "sea"],
  balloon: ["mountains", "field"],
  cactus: ["desert"],
  fruit: ["room"],
  cake: ["room"],
  pizza: ["room"],
  cup: ["room"],
  icecream: ["sea", "room"],
  bottle: ["room"],
  book: ["room"],
};

/** "Green field", "blue sea": said of what is so anyway, no reason to tint the picture. */
const NATURAL: Readonly<Partial<Record<Setting, ColourName>>> = {
  field: "green",
  forest: "green",
  sea: "blue",
  lake: "blue",
  underwater: "blue",
};

const GLUE = new Set([
  "a",
  "an",
  "the",
  "of",
  "in",
  "on",
  "at",
  "and",
  "with",
  "by",
  "to",
  "for",
  "from",
  "over",
  "under",
  "into",
]);

export function describeScene(prompt: string, seed: number): Scene {
  const sceneSeed = hashText(prompt.normalize("NFC").toLowerCase().trim(), seed >>> 0);
  const random = createRandom(sceneSeed);

  let time: Time | undefined;
  let season: Season | undefined;
  const weather = new Set<Weather>();
  const sky = new Set<SkyThing>();
  const mood = new Set<Mood>();
  const settings: Setting[] = [];
  const subjects = new Map<SubjectId, Subject>();
  const loose: ColourName[] = [];
  const unknown: string[] = [];
  let colours: ColourName[] = [];
  let count = 1;

  for (const word of splitWords(prompt)) {
    const found = meaningsOf(word);
    if (found.length === 0 && !GLUE.has(word.toLowerCase()) && unknown.length < 24) unknown.push(word);
    for (const meaning of found) {
      switch (meaning.group) {
        case "time":
          time ??= meaning.id;
          break;
        case "weather":
          weather.add(meaning.id);
          break;
        case "season":
          season ??= meaning.id;
          break;
        case "setting":
          settings.push(meaning.id);
          if (NATURAL[meaning.id] === colours.at(-1)) colours.pop();
          break;
        case "sky":
          sky.add(meaning.id);
          break;
        case "mood":
          mood.add(meaning.id);
          break;
        case "number":
          count = meaning.count;
          break;
        case "colour":
          colours.push(meaning.id);
          break;
        case "subject": {
          const last = colours[0];
          const named = meaning.id === "fox" && (last === "red" || last === "orange") ? undefined : last;
          const known = subjects.get(meaning.id);
          if (!known && subjects.size < 3) {
            const plural =
              count === 1 && /(?:s|ren)$/i.test(word) && word.length > 4 && meaning.id !== "cactus";
            const many = plural && !/ss$|us$/i.test(word) ? random.whole(2, 3) : count;
            subjects.set(meaning.id, {
              id: meaning.id,
              count: many,
              ...(named ? { colour: hex(COLOURS[named].hex) } : {}),
            });
            colours = colours.slice(1);
          }
          count = 1;
          break;
        }
      }
    }
  }
  loose.push(...colours);

  const list = [...subjects.values()];
  const first = list[0];
  const named = settings.at(0);
  const home = list.map(({ id }) => HOMES[id]).find((choices) => choices !== undefined);
  const nothingSaid =
    list.length === 0 &&
    !named &&
    weather.size === 0 &&
    sky.size === 0 &&
    time === undefined &&
    season === undefined;
  const setting: Scene["setting"] = named
    ? settings.includes("mountains") && settings.includes("lake")
      ? "lake"
      : named
    : sky.has("planet") || sky.has("comet")
      ? list.length > 0 && home
        ? random.pick(home)
        : "space"
      : home
        ? random.pick(home)
        : nothingSaid
          ? "abstract"
          : first
            ? "field"
            : random.pick(["field", "mountains", "lake"]);

  const chosenTime: Time =
    time ??
    (sky.has("moon") || sky.has("stars") || sky.has("fireworks") || weather.has("aurora") || mood.has("dark")
      ? "night"
      : sky.has("sun")
        ? random.pick(["day", "dawn", "sunset"])
        : first?.id === "tent" || first?.id === "owl" || first?.id === "ufo"
          ? random.pick(["dusk", "night"])
          : weather.has("storm") || weather.has("rain")
            ? random.pick(["day", "day", "dusk"])
            : random.pick(
                season === "winter" || weather.has("snow")
                  ? ["day", "day", "dusk", "dawn"]
                  : ["day", "day", "dawn", "sunset", "sunset", "dusk"],
              ));
  if (chosenTime === "night" && !weather.has("storm") && !weather.has("fog") && !weather.has("rain"))
    sky.add("stars");
  if (weather.has("snow")) season ??= "winter";

  return {
    seed: sceneSeed,
    time: chosenTime,
    weather,
    season,
    setting,
    sky,
    subjects: list,
    mood,
    tint: blend(loose),
    unknown,
  };
}

function blend(names: readonly ColourName[]): Rgb | undefined {
  let result: Rgb | undefined;
  names.slice(0, 3).forEach((name, index) => {
    const colour = hex(COLOURS[name].hex);
    result = result ? mix(result, colour, 1 / (index + 1)) : colour;
  });
  return result;
}
