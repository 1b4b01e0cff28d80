import type { StoredMedia } from "../ports/media.ts";

/**
 * What members read, before a platform dresses it. Everything in it is plain: a platform escapes every string, so
 * a prompt or a caption can never become markup or a mention.
 */
export type TextPart =
  | string
  /** A moment (milliseconds, UTC): a platform shows it its own way, or as `formatMoment` writes it. */
  | { readonly at: number; readonly style: "date" | "time" | "relative" };

export type Text = readonly TextPart[];

export interface Button {
  readonly label: string;
  readonly style: "primary" | "secondary" | "danger";
  /** `v1|action|id|arg`, at most 64 bytes (see conversation/actions.ts). */
  readonly data: string;
}

export interface LinkButton {
  readonly label: string;
  readonly url: string;
}

export interface Reply {
  /** One line, shown bold. */
  readonly title?: string;
  readonly text: Text;
  /** Somebody's own words (a prompt), shown as a quotation. */
  readonly quote?: string;
  /** Rows of at most 5. */
  readonly buttons?: readonly (readonly (Button | LinkButton)[])[];
  /** A stored file that is shown with it (what exactly will be posted), with words for who cannot see it. */
  readonly media?: { readonly file: StoredMedia; readonly altText: string };
  /** Only the person who asked may see it, where the platform can do that. */
  readonly private: boolean;
  /**
   * Asks for words by a reply to this message (Telegram): `prompt` for a new request, else the data of a form
   * (`Conversation.form`) that the words are an answer to. Platforms with forms of their own ignore it.
   */
  readonly asksFor?: string;
}

/** A moment in words in somebody's language and zone, for platforms that cannot do it themselves. */
export function formatMoment(
  part: { readonly at: number; readonly style: "date" | "time" | "relative" },
  language: string,
  zone: string,
): string {
  const options: Intl.DateTimeFormatOptions =
    part.style === "date"
      ? { day: "numeric", month: "long", timeZone: zone }
      : {
          day: "numeric",
          month: "short",
          hour: "2-digit",
          minute: "2-digit",
          timeZone: zone,
          timeZoneName: "short",
        };
  return new Intl.DateTimeFormat(language, options).format(part.at);
}

/** The text as one plain string. */
export function plainText(text: Text, language: string, zone: string): string {
  return text.map((part) => (typeof part === "string" ? part : formatMoment(part, language, zone))).join("");
}
