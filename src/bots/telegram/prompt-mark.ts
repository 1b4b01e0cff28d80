/**
 * How a message that asks for a prompt is known again when somebody answers it, after any restart and without a
 * row: an invisible character in it carries this link.
 */
const MARK_URL = "https://t.me/#prompt";

/** HTML that makes the mark. */
export const PROMPT_MARK = `<a href="${MARK_URL}">\u200b</a>`;

export function asksForPrompt(
  entities: readonly { readonly type: string; readonly url?: string | null | undefined }[],
): boolean {
  return entities.some(
    ({ type, url }) => type === "text_link" && /^https?:\/\/t\.me\/?#prompt$/.test(url ?? ""),
  );
}
