/** Settings of stable-diffusion.cpp inside a prompt: the innermost pair, so that nested ones go from within. */
const EXTRA_ARGUMENTS =
  /<\s*sd_cpp_extra_args\s*>(?:(?!<\s*sd_cpp_extra_args)[^])*?<\s*\/\s*sd_cpp_extra_args\s*>/gi;

/** One end of such a pair without the other, or what is left of it. */
const STRAY_ARGUMENTS = /(?:<\s*(?:\/\s*)?)?sd_cpp_extra_args\s*>?/gi;

/** `<lora:name:0.8>` and its family (`lyco`, `hypernet`, `embedding` …): files of the server by name. */
const NAMED_FILE = /<\s*[a-z_][\w-]*\s*:[^<>]*>/gi;

/** Each step only takes away, so this ends. */
function untilSame(text: string, step: (text: string) => string): string {
  const next = step(text);
  return next === text ? text : untilSame(next, step);
}

/**
 * A member's words without what self-hosted servers would take for instructions: tags of stable-diffusion.cpp
 * and `|`, after which LocalAI reads what the picture should not show. Repeated until nothing changes, since
 * taking one tag out may put another together; whole pairs go before ends that stand alone.
 */
export function neutralise(prompt: string): string {
  const text = untilSame(prompt.replaceAll("|", ","), (words) =>
    untilSame(words, (part) => part.replace(EXTRA_ARGUMENTS, "").replace(NAMED_FILE, "")).replace(
      STRAY_ARGUMENTS,
      "",
    ),
  );
  return text.replace(/ {2,}/g, " ").trim();
}
