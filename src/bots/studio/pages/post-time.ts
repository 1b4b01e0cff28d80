import type { ApiMoment, ApiTimes } from "../post-types.ts";
import { make } from "./dom.ts";
import { postWords } from "./post-words.ts";

/** When a post goes out: at once, or a time by button, by clock or in words; the server says how it understood it. */
export interface TimeFields {
  readonly element: HTMLFieldSetElement;
  /** Null: at once. */
  value(): string | null;
  /** A time is wanted and none is given yet. */
  isMissing(): boolean;
  show(found: ApiTimes): void;
}

/** @param kind `timed`: only a time will do. */
export function createTimeFields(
  name: string,
  changed: () => void,
  kind: "open" | "timed" = "open",
): TimeFields {
  let isTimed = kind === "timed";
  let said = "";
  const quick = make("div", { class: "row" });
  const echo = make("p", { class: "time", role: "status" });
  const note = make("p", { class: "note" });
  const readings = make("div", { class: "row" });

  const clock = make("input", {
    id: `${name}-clock`,
    type: "datetime-local",
    change: () => say(clock.value, clock),
  });
  const inWords = make("input", {
    id: `${name}-words`,
    type: "text",
    maxlength: "200",
    autocomplete: "off",
    placeholder: postWords.wordsExample,
    input: () => say(inWords.value, inWords),
  });

  function say(what: string, from: HTMLInputElement | null): void {
    said = what;
    if (from !== clock) clock.value = "";
    if (from !== inWords) inWords.value = "";
    changed();
  }

  const choice = (isAtTime: boolean) =>
    make(
      "label",
      {},
      make("input", {
        type: "radio",
        name: `${name}-when`,
        checked: !isAtTime,
        change: () => {
          isTimed = isAtTime;
          times.hidden = !isTimed;
          changed();
        },
      }),
      make("span", {}, isAtTime ? postWords.atTime : postWords.now),
    );

  const press = (label: string, { at }: ApiMoment) =>
    make("button", { class: "button", type: "button", click: () => say(at, null) }, label);

  const times = make(
    "div",
    { class: "times", hidden: !isTimed },
    quick,
    make(
      "div",
      { class: "pair" },
      make("div", { class: "field" }, make("label", { for: `${name}-clock` }, postWords.date), clock),
      make("div", { class: "field" }, make("label", { for: `${name}-words` }, postWords.words), inWords),
    ),
    echo,
    note,
    readings,
  );

  return {
    element: make(
      "fieldset",
      {},
      make("legend", {}, postWords.when),
      kind === "timed" ? null : make("div", { class: "segments" }, choice(false), choice(true)),
      times,
    ),
    value: () => (isTimed && said.trim() !== "" ? said : null),
    isMissing: () => isTimed && said.trim() === "",
    show(found) {
      quick.replaceChildren(...found.quickTimes.map((one) => press(one.name, one)));
      echo.textContent = isTimed ? (found.scheduledAt?.label ?? "") : "";
      note.textContent = isTimed ? (found.timeNote ?? "") : "";
      note.classList.toggle("problem", found.isTimeRefused);
      readings.replaceChildren(...found.readings.map((one) => press(one.label, one)));
    },
  };
}
