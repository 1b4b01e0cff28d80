import type { CommandSpec, OptionSpec } from "../../core/conversation/catalogue.ts";
import type { OptionValue } from "../../core/conversation/intents.ts";

export type Options = Readonly<Record<string, OptionValue>>;

/** What the typed line cannot say by itself. */
export interface LineContext {
  /** `telegram:123`, the sender of the message that is replied to. */
  readonly repliedMember: string | null;
}

/** Written instead of a value: `--video` is `--type=video`. */
const SHORT_FLAGS: Readonly<Record<string, readonly [option: string, value: string]>> = {
  video: ["type", "video"],
  image: ["type", "image"],
};

/** By itself: the last picture that comes with the command says where to change the other one. */
export const MASK_FLAG = "mask";
const LINK_FLAGS: readonly string[] = ["reference", "reference-url"];

// Phones turn two hyphens into a dash, and quotes into typographic ones.
const FLAG = String.raw`(?:--|[\u2013\u2014])([a-z]+(?:-[a-z]+)*)(?:=("[^"]*"|\u201c[^\u201d]*\u201d|\S+))?`;
const LEADING_FLAG = new RegExp(`^\\s*${FLAG}(?=\\s|$)`, "i");
const TRAILING_FLAG = new RegExp(`(?:^|\\s)${FLAG}\\s*$`, "i");

/**
 * The options of a typed command.
 *
 * Flags of the command's own options count at the start and at the end of the line, anything else that looks like
 * one stays text. What is left fills the options in order: one word each, and the rest of the line for the option
 * that takes it. A command without required options is read as pairs (`/settings zone Europe/Berlin`).
 */
export function readOptions(spec: CommandSpec, line: string, context: LineContext): Options {
  const options: Record<string, OptionValue> = {};
  let rest = takeFlags(spec, line.trim(), options);
  const words = (): string[] => rest.split(/\s+/).filter((word) => word !== "");
  const restOption = spec.options.find((option) => option.name === spec.restOfLine);
  const inOrder = spec.options.filter((option) => option.name !== spec.restOfLine);
  if (restOption === undefined && inOrder.every((option) => !option.required)) {
    readPairs(inOrder, words(), options);
    return options;
  }
  for (const option of inOrder) {
    if (option.name in options || (restOption !== undefined && !option.required)) continue;
    const word = words()[0] ?? "";
    // `/admin limit 2000` as an answer: one word for two options, so it names no member.
    const isShort = words().length < inOrder.filter(({ required }) => required).length;
    const isNamed = memberOf(word) !== null && !isShort;
    if (option.type === "member" && context.repliedMember !== null && !isNamed) {
      options[option.name] = context.repliedMember;
      continue;
    }
    if (word === "") continue;
    options[option.name] = valueOf(option, word);
    rest = rest.trimStart().slice(word.length).trimStart();
  }
  if (restOption !== undefined && rest !== "") options[restOption.name] = valueOf(restOption, rest);
  return options;
}

/** Flags that were given before, by name; what is none of the command's is left out. */
export function readFlags(spec: CommandSpec, given: ReadonlyMap<string, string>): Options {
  const options: Record<string, OptionValue> = {};
  for (const [name, text] of given) {
    const option = spec.options.find((candidate) => candidate.name === name);
    if (option !== undefined) options[name] = valueOf(option, text);
  }
  return options;
}

function takeFlags(spec: CommandSpec, line: string, options: Record<string, OptionValue>): string {
  let rest = line;
  for (const pattern of [LEADING_FLAG, TRAILING_FLAG]) {
    for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
      const flag = readFlag(spec, match[1]?.toLowerCase() ?? "", match[2]);
      if (flag === null) break;
      // Of two that say the same thing the one nearer the start wins.
      if (!(flag.name in options)) options[flag.name] = flag.value;
      rest = `${rest.slice(0, match.index)}${rest.slice(match.index + match[0].length)}`.trim();
    }
  }
  return rest;
}

function readFlag(
  spec: CommandSpec,
  name: string,
  given: string | undefined,
): { name: string; value: OptionValue } | null {
  const short = SHORT_FLAGS[name];
  if (short !== undefined && given === undefined && spec.options.some((option) => option.name === short[0]))
    return { name: short[0], value: short[1] };
  const option = spec.options.find((candidate) => candidate.name === name);
  const text = given?.replaceAll(/^["\u201c]|["\u201d]$/g, "");
  if (option === undefined) {
    // Refused in words where nothing takes a picture, rather than drawn as a part of the prompt.
    const isLink = spec.restOfLine === "prompt" && LINK_FLAGS.includes(name);
    return isLink && text !== undefined ? { name, value: text } : null;
  }
  if (text !== undefined) return { name, value: valueOf(option, text) };
  return option.type === "yes-no" || name === MASK_FLAG ? { name, value: true } : null;
}

function readPairs(
  specs: readonly OptionSpec[],
  words: readonly string[],
  options: Record<string, OptionValue>,
): void {
  for (let index = 0; index < words.length; index += 1) {
    const [name = "", given] = (words[index] ?? "").split(/=(.*)/s);
    const option = specs.find((candidate) => candidate.name === name.toLowerCase());
    if (option === undefined) continue;
    const value = given ?? words[(index += 1)];
    if (value !== undefined && value !== "") options[option.name] ??= valueOf(option, value);
  }
}

/** A value that does not fit its type stays text: core says what is wrong with it. */
function valueOf(option: OptionSpec, text: string): OptionValue {
  switch (option.type) {
    case "whole-number":
      return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : text;
    case "yes-no":
      if (/^(yes|true|on|1)$/i.test(text)) return true;
      return /^(no|false|off|0)$/i.test(text) ? false : text;
    case "member":
      return memberOf(text) ?? text;
    case "text":
    case "picture":
      return text;
  }
}

/** `123` and `telegram:123` as an identity; `@name` as it is; null for what names nobody. */
function memberOf(word: string): string | null {
  if (/^\d{3,15}$/.test(word)) return `telegram:${word}`;
  if (/^@\w{3,32}$/.test(word)) return word;
  return /^[a-z][a-z0-9-]*:\S+$/.test(word) ? word : null;
}
