import { AppError, unreachable } from "../errors.ts";
import { promptProblem } from "../generation/choose.ts";
import { STYLE_NAMES } from "../generation/styles.ts";
import { wishFrom } from "../generation/wish.ts";
import { lines } from "../messages/messages.ts";
import { type Action, readButtonData } from "./actions.ts";
import { createButtons } from "./buttons.ts";
import { buildCatalogue } from "./catalogue.ts";
import { createAccountCommands } from "./commands/account.ts";
import { createAccountsCommands } from "./commands/accounts.ts";
import { createAdminCommands } from "./commands/admin.ts";
import { createApprovals } from "./commands/approvals.ts";
import { createCaptionCommands } from "./commands/caption.ts";
import { createCommunityCommands } from "./commands/community.ts";
import { createGenerating } from "./commands/generate.ts";
import { createMediaCommands } from "./commands/media.ts";
import { createPostCards } from "./commands/post-card.ts";
import { createPostCommands } from "./commands/posts.ts";
import { type CommandHandler, type ConversationDependencies, createTurn, type Turn } from "./context.ts";
import type { Conversation, Manner } from "./conversation.ts";
import { createForms } from "./forms.ts";
import type { Actor, Answer, Arrival, Intent, PictureName } from "./intents.ts";
import { createPrefill } from "./prefill.ts";
import { createSuggest } from "./suggest.ts";

/** What a banned member may still do: see what is there. */
const OPEN_TO_BANNED: readonly string[] = ["quota", "status", "gallery", "help", "start"];

const BRINGS_MEDIA: readonly string[] = ["generate", "edit", "animate"];
/** Stands for whichever picture it will be. */
const A_PICTURE = [{ kind: "url", role: "picture", url: "" }] as const;

const CARD_FORMS: readonly Action[] = [
  "caption-edit",
  "pd-text",
  "pd-time",
  "post-move",
  "post-edit",
  "reject",
];

export function createConversation(dependencies: ConversationDependencies): Conversation {
  const { messages, offers, members, ids, log } = dependencies;
  const commands = buildCatalogue(offers.models, STYLE_NAMES);
  const generating = createGenerating(dependencies);
  const media = createMediaCommands(dependencies);
  const account = createAccountCommands(dependencies, commands);
  const { publishing } = dependencies;
  const caption = createCaptionCommands(dependencies);
  const approvals = createApprovals({ ...dependencies, wake: publishing.wake });
  const cards = createPostCards({ ...dependencies, ...publishing });
  const posts = createPostCommands({ ...dependencies, ...publishing, cards });
  const accounts = createAccountsCommands(publishing.accounts);
  const press = createButtons(dependencies, {
    generating,
    media,
    account,
    caption,
    cards,
    posts,
    approvals,
    accounts,
  });
  const handlers: Readonly<Record<string, CommandHandler>> = {
    generate: generating.command,
    edit: generating.edit,
    animate: generating.animate,
    status: media.status,
    gallery: media.gallery,
    cancel: media.cancel,
    quota: account.quota,
    settings: account.settings,
    studio: account.studio,
    help: account.help,
    start: account.start,
    caption: caption.caption,
    "style caption": caption.style,
    post: posts.post,
    posts: posts.posts,
    accounts: accounts.accounts,
    ...createCommunityCommands({
      ...dependencies,
      accounts: publishing.accounts,
      now: () => dependencies.clock.now(),
    }),
    ...createAdminCommands(dependencies),
  };

  async function answer(arrival: Arrival): Promise<Answer> {
    const user = await members.of(arrival.actor);
    const turn = createTurn(arrival, user, messages);
    const { intent } = arrival;
    if (user.bannedAt !== null && !(intent.kind === "command" && OPEN_TO_BANNED.includes(intent.name))) {
      return turn.say(turn.text("banned"));
    }
    switch (intent.kind) {
      case "command": {
        const handler = handlers[intent.name];
        return handler ? handler(turn, intent.options) : turn.say(turn.text("unknown-command"));
      }
      case "button":
        return press(turn, intent.data);
      case "form":
        return press(turn, intent.data, { text: intent.text, pictures: intent.pictures ?? [] });
      case "words":
        return offered(turn, intent.text, intent.pictures ?? []);
      default:
        return unreachable(intent);
    }
  }

  async function offered(turn: Turn, text: string, pictures: readonly PictureName[]): Promise<Answer> {
    if (text.trim() === "" && pictures.length > 0) return generating.command(turn, {});
    const { references } = wishFrom({}, pictures);
    const problem = promptProblem(text, references);
    if (problem) return turn.say(turn.text(problem.message, problem.args), turn.text("prompt-ask"));
    return generating.offer(turn, text, pictures);
  }

  /** What went wrong inside, as a sentence for the member and a line for the operator. */
  function sorry(arrival: Arrival, err: unknown): Answer {
    const language = messages.choose(arrival.actor.locale);
    const code = err instanceof AppError ? err.code : "INTERNAL";
    const number = ids.receipt();
    const fields = {
      platform: arrival.actor.platform,
      code,
      errorId: number,
      err,
    };
    if (code === "INTERNAL") log.error("a request failed inside", fields);
    else log.warn("a request failed", fields);
    return {
      status: "reply",
      reply: {
        text: messages.text(language, `error-${code}`, code === "INTERNAL" ? { number } : {}),
        private: true,
      },
    };
  }

  function refusalOf(actor: Actor, intent: Intent): string | null {
    if (actor.isChatIdentity) return "chat-identity";
    if (actor.context === "channel") return "not-here";
    if (intent.kind === "command" && !(intent.name in handlers)) return "unknown-command";
    return null;
  }

  return {
    commands,
    languages: messages.languages,
    manner,
    line: (language, id) => messages.line(language, id),
    form: createForms(messages),
    prefill: createPrefill(dependencies),
    suggest: createSuggest(dependencies),

    precheck({ actor, intent }) {
      const language = messages.choose(actor.locale);
      const refused = refusalOf(actor, intent);
      if (refused !== null) return { text: messages.text(language, refused), private: true };
      if (intent.kind !== "command" || !BRINGS_MEDIA.includes(intent.name)) return null;
      const { prompt, references = [] } = wishFrom(intent.options, intent.pictures);
      const worksOnPicture = intent.name === "edit" || intent.name === "animate" || references.length > 0;
      const problem = prompt.trim() === "" ? null : promptProblem(prompt, worksOnPicture ? A_PICTURE : []);
      if (problem === null) return null;
      const said = messages.text(language, problem.message, problem.args);
      return { text: lines(said, messages.text(language, "nothing-charged")), private: true };
    },

    async handle(arrival) {
      if (arrival.actor.isBot) return { status: "nothing" };
      const refused = refusalOf(arrival.actor, arrival.intent);
      if (refused !== null) {
        const language = messages.choose(arrival.actor.locale);
        return { status: "reply", reply: { text: messages.text(language, refused), private: true } };
      }
      try {
        return await answer(arrival);
      } catch (err) {
        return sorry(arrival, err);
      }
    },
  };

  function manner(intent: Intent): Manner {
    switch (intent.kind) {
      case "words":
        return { answer: "new", private: true };
      case "form": {
        // A card whose words are changed stays the one card.
        const action = readButtonData(intent.data)?.action;
        const isOfCard = action !== undefined && CARD_FORMS.includes(action);
        return { answer: isOfCard ? "in-place" : "new", private: false };
      }
      case "command": {
        const spec = commands.find((command) => command.name === intent.name);
        return { answer: "new", private: (spec?.private ?? true) || intent.options["private"] === true };
      }
      case "button": {
        const action = readButtonData(intent.data)?.action;
        if (action === "again" || action === "edit" || action === "animate" || action === "fill")
          return { answer: "new", private: false };
        if (action === "draft") {
          const starts = readButtonData(intent.data)?.argument === "go";
          return starts ? { answer: "new", private: false } : { answer: "in-place", private: true };
        }
        if (action === "delete" || action === "show" || action === undefined)
          return { answer: "new", private: true };
        if (action === "original") return { answer: "new", private: false };
        if (action === "approve" || action === "reject") return { answer: "in-place", private: false };
        return { answer: "in-place", private: true };
      }
      default:
        return unreachable(intent);
    }
  }
}
