import type { GeneratorModel } from "../ports/generator.ts";
import { ASPECTS } from "../ports/generator.ts";
import { NETWORKS } from "../ports/publisher.ts";

/** One option of a command. Its description is the sentence `option-<name>` of the catalogue. */
export interface OptionSpec {
  readonly name: string;
  /**
   * `picture`: a file where the platform has such an option, and then it comes in `Intent.pictures`; typed, it is a
   * link.
   */
  readonly type: "text" | "whole-number" | "yes-no" | "member" | "picture";
  readonly required: boolean;
  /** Fixed values to choose from, at most 25. */
  readonly choices?: readonly string[];
  /** Completed while typing by `Conversation.suggest`. */
  readonly suggests?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * One command, declared once and registered by every platform. `name` may have two words (`admin limit`): the
 * first is the command, the second its subcommand. Its description is `command-<name>` (blanks as dashes).
 */
export interface CommandSpec {
  readonly name: string;
  readonly options: readonly OptionSpec[];
  /** Where a platform can hide it from others; the right itself is checked at every execution. */
  readonly audience: "members" | "admins";
  /** Whether the answer is only for the one who asks. */
  readonly private: boolean;
  /** The option that takes the rest of a typed line (`/generate a red fox`), if there is one. */
  readonly restOfLine?: string;
}

const member: OptionSpec = { name: "member", type: "member", required: true };
const receipt = (required: boolean): OptionSpec => ({ name: "id", type: "text", required, suggests: true });

/** Every command there is, in the order in which help shows them. */
export function buildCatalogue(
  models: readonly GeneratorModel[],
  styles: readonly string[],
): readonly CommandSpec[] {
  const aspects = ASPECTS.filter((aspect) => models.some((model) => model.aspects.includes(aspect)));
  const kinds = (["image", "video"] as const).filter((kind) => models.some((model) => model.kind === kind));
  const style: OptionSpec = { name: "style", type: "text", required: false, choices: styles.slice(0, 25) };
  const aspect: OptionSpec = { name: "aspect", type: "text", required: false, choices: aspects };
  const type: OptionSpec = { name: "type", type: "text", required: false, choices: kinds };
  const provider: OptionSpec = { name: "provider", type: "text", required: false, suggests: true };
  const count: OptionSpec = { name: "count", type: "whole-number", required: false, minimum: 1, maximum: 4 };
  const isPrivate: OptionSpec = { name: "private", type: "yes-no", required: false };
  const takers = models.filter((model) => model.maxReferences > 0);
  const references: readonly OptionSpec[] = [
    { name: "reference", type: "picture", required: false },
    { name: "reference-url", type: "text", required: false },
  ];
  const edits: CommandSpec = {
    name: "edit",
    options: [
      { name: "prompt", type: "text", required: true },
      ...references,
      ...(takers.some((model) => model.takesMask)
        ? [{ name: "mask", type: "picture", required: false } as const]
        : []),
      receipt(false),
      provider,
      style,
      aspect,
      count,
      isPrivate,
    ],
    audience: "members",
    private: false,
    restOfLine: "prompt",
  };
  const animates: CommandSpec = {
    name: "animate",
    options: [
      { name: "prompt", type: "text", required: false },
      ...references,
      receipt(false),
      provider,
      aspect,
      count,
      isPrivate,
    ],
    audience: "members",
    private: false,
    restOfLine: "prompt",
  };
  return [
    {
      name: "generate",
      options: [
        { name: "prompt", type: "text", required: true },
        type,
        provider,
        style,
        aspect,
        count,
        ...(takers.length > 0 ? references : []),
        isPrivate,
      ],
      audience: "members",
      private: false,
      restOfLine: "prompt",
    },
    ...(takers.some((model) => model.kind === "image") ? [edits] : []),
    ...(takers.some((model) => model.kind === "video") ? [animates] : []),
    { name: "status", options: [receipt(false)], audience: "members", private: true, restOfLine: "id" },
    {
      name: "gallery",
      options: [
        { name: "search", type: "text", required: false },
        { name: "page", type: "whole-number", required: false, minimum: 1, maximum: 10_000 },
      ],
      audience: "members",
      private: true,
      restOfLine: "search",
    },
    {
      name: "caption",
      options: [receipt(true)],
      audience: "members",
      private: true,
      restOfLine: "id",
    },
    {
      name: "style caption",
      options: [{ name: "instructions", type: "text", required: true }],
      audience: "members",
      private: true,
      restOfLine: "instructions",
    },
    {
      name: "post",
      options: [receipt(true), { name: "when", type: "text", required: false }],
      audience: "members",
      private: true,
      restOfLine: "when",
    },
    {
      name: "posts",
      options: [{ name: "page", type: "whole-number", required: false, minimum: 1, maximum: 10_000 }],
      audience: "members",
      private: true,
    },
    {
      name: "accounts",
      options: [{ name: "connect", type: "text", required: false, choices: NETWORKS }],
      audience: "members",
      private: true,
    },
    ...communityCommands,
    { name: "cancel", options: [receipt(true)], audience: "members", private: true, restOfLine: "id" },
    { name: "quota", options: [], audience: "members", private: true },
    {
      name: "settings",
      options: [
        { name: "language", type: "text", required: false, suggests: true },
        { name: "zone", type: "text", required: false, suggests: true },
        type,
        provider,
        style,
        aspect,
        { name: "captions", type: "text", required: false, choices: ["on", "off"] },
      ],
      audience: "members",
      private: true,
    },
    { name: "studio", options: [], audience: "members", private: true },
    { name: "help", options: [], audience: "members", private: true },
    { name: "start", options: [], audience: "members", private: true },
    {
      name: "admin limit",
      options: [member, { name: "units", type: "text", required: true }],
      audience: "admins",
      private: true,
    },
    {
      name: "admin plan",
      options: [
        member,
        { name: "plan", type: "text", required: true, choices: ["free", "pro"] },
        { name: "days", type: "whole-number", required: false, minimum: 1, maximum: 3660 },
      ],
      audience: "admins",
      private: true,
    },
    {
      name: "admin grant",
      options: [
        member,
        { name: "units", type: "whole-number", required: true, minimum: -10_000, maximum: 10_000 },
      ],
      audience: "admins",
      private: true,
    },
    {
      name: "admin ban",
      options: [member, { name: "reason", type: "text", required: false }],
      audience: "admins",
      private: true,
      restOfLine: "reason",
    },
    { name: "admin unban", options: [member], audience: "admins", private: true },
    { name: "admin user", options: [member], audience: "admins", private: true },
  ];
}

const communityCommands: readonly CommandSpec[] = [
  { name: "community show", options: [], audience: "members", private: true },
  {
    name: "community accounts",
    options: [{ name: "who", type: "text", required: true, choices: ["admins", "members"] }],
    audience: "members",
    private: true,
  },
  {
    name: "community approval",
    options: [{ name: "approval", type: "text", required: true, choices: ["on", "off"] }],
    audience: "members",
    private: true,
  },
  { name: "community moderators", options: [], audience: "members", private: true },
  ...(["grant", "revoke"] as const).map(
    (what): CommandSpec => ({
      name: `community ${what}`,
      options: [member, { name: "account", type: "text", required: true, suggests: true }],
      audience: "members",
      private: true,
    }),
  ),
];

/** The option's value `default` or `-` gives a setting back to the instance. */
export const RESET_WORDS: readonly string[] = ["default", "-"];
