import type { Captioning } from "../captions/captioning.ts";
import type { CoreConfig } from "../core-config.ts";
import type { Tellings } from "../delivery/tell.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { RequestMedia } from "../generation/ask.ts";
import type { Health } from "../generation/health.ts";
import type { Offers } from "../generation/offers.ts";
import type { Identity } from "../identifiers.ts";
import { lines, type MessageArguments, type Messages } from "../messages/messages.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { PostStores } from "../ports/post-stores.ts";
import type { Signals } from "../ports/signals.ts";
import type { Stores } from "../ports/stores.ts";
import type { Publishing } from "../posts/publishing.ts";
import type { Members } from "../usage/members.ts";
import type { User } from "../usage/user.ts";
import type { Answer, Arrival, OptionValue } from "./intents.ts";
import type { Button, Reply, Text } from "./text.ts";

export interface ConversationDependencies {
  readonly config: CoreConfig;
  readonly messages: Messages;
  readonly offers: Offers;
  readonly health: Pick<Health, "states">;
  readonly members: Members;
  readonly gallery: Gallery;
  readonly requestMedia: RequestMedia;
  readonly tell: Tellings;
  readonly stores: Pick<Stores, "users" | "drafts" | "deliveries" | "generation"> & PostStores;
  readonly captioning: Captioning;
  readonly publishing: Publishing;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** A link that signs this member in on the page once, or null where no page can be reached. */
  signInLink(identity: Identity): string | null;
}

/** One arrival with the member behind it, and short ways to answer in that member's language. */
export interface Turn {
  readonly arrival: Arrival;
  readonly user: User;
  readonly language: string;
  text(id: string, args?: MessageArguments): Text;
  line(id: string, args?: Readonly<Record<string, string | number>>): string;
  /** A private answer of these sentences. */
  say(...pieces: readonly (Text | null)[]): Answer;
  button(
    id: string,
    data: string,
    style?: Button["style"],
    args?: Readonly<Record<string, string | number>>,
  ): Button;
}

export type Options = Readonly<Record<string, OptionValue>>;
export type CommandHandler = (turn: Turn, options: Options) => Promise<Answer>;

export function createTurn(arrival: Arrival, user: User, messages: Messages): Turn {
  const language = messages.choose(user.settings.language, user.locale, arrival.actor.locale);
  return {
    arrival,
    user,
    language,
    text: (id, args) => messages.text(language, id, args),
    line: (id, args) => messages.line(language, id, args),
    say: (...pieces) => ({ status: "reply", reply: { text: lines(...pieces), private: true } }),
    button: (id, data, style = "secondary", args = {}) => ({
      label: messages.line(language, id, args),
      data,
      style,
    }),
  };
}

export function reply(content: Reply): Answer {
  return { status: "reply", reply: content };
}

/** An option as trimmed words; empty counts as missing. */
export function words(options: Options, name: string): string | undefined {
  const value = options[name];
  const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
  return text === "" ? undefined : text;
}

/** What is said where no result goes by the receipt that came with a command, or none came. */
export function notFound(turn: Turn, command: "caption" | "post", id: string): Text {
  return id === "" ? turn.text("which-result", { command }) : turn.text("not-found", { id: id.slice(0, 40) });
}
