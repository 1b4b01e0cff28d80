import { checkPrompt, graphemeCount, normalisePrompt } from "../../../core/generation/prompt.ts";
import type { ApiOptions, ApiProblem, ApiProvider } from "../api-types.ts";
import type { Wish } from "./api.ts";
import { byId, frame, make } from "./dom.ts";
import { words } from "./words.ts";

export interface MakerForm {
  /** Fills the choices; the ones made already are kept where they still fit. */
  offer(options: ApiOptions): void;
  use(prompt: string): void;
  /** Shows what is wrong beside the fields and moves to the first. */
  complain(problems: readonly ApiProblem[]): void;
  busy(isBusy: boolean): void;
}

const FIELDS: Readonly<Record<string, string>> = {
  prompt: "prompt",
  provider: "provider",
  style: "style",
  aspect: "aspects",
  count: "count-field",
  referenceImageUrl: "reference",
};

export function createMakerForm(onMake: (wish: Wish) => void): MakerForm {
  const form = byId("maker", HTMLFormElement);
  const prompt = byId("prompt", HTMLTextAreaElement);
  const provider = byId("provider", HTMLSelectElement);
  const style = byId("style", HTMLSelectElement);
  const aspects = byId("aspects", HTMLElement);
  const reference = byId("reference", HTMLInputElement);
  const button = byId("make", HTMLButtonElement);
  const counter = byId("prompt-counter", HTMLOutputElement);
  let options: ApiOptions | null = null;
  let isBusy = false;

  const chosen = (name: string): string => {
    const value = new FormData(form).get(name);
    return typeof value === "string" ? value : "";
  };
  const type = (): "image" | "video" => (chosen("type") === "video" ? "video" : "image");
  const count = () => Number(chosen("count")) || 1;
  const providers = (): readonly ApiProvider[] =>
    options?.providers.filter((one) => one.type === type()) ?? [];
  const current = () => providers().find(({ id }) => id === provider.value);

  function fillProviders(): void {
    const before = provider.value;
    const standard = type() === "image" ? options?.defaults.imageProvider : options?.defaults.videoProvider;
    provider.replaceChildren(...providers().map(({ id, label }) => make("option", { value: id }, label)));
    const wanted = [before, standard].find((id) => providers().some((one) => one.id === id));
    if (wanted) provider.value = wanted;
    fillAspects();
  }

  function fillAspects(): void {
    const before = chosen("aspect") || options?.defaults.aspect || "";
    const offered = current()?.aspects ?? [];
    const selected = offered.includes(before) ? before : (offered[0] ?? "");
    aspects.replaceChildren(
      ...offered.map((aspect) =>
        make(
          "label",
          {},
          make("input", { type: "radio", name: "aspect", value: aspect, checked: aspect === selected }),
          make("span", {}, frame(aspect), aspect),
        ),
      ),
    );
    byId("reference-field", HTMLElement).hidden = !(current()?.takesReference ?? false);
    describe();
  }

  function describe(): void {
    const one = current();
    const hint = one
      ? one.isSketch
        ? words.sketchHint
        : words.usually(one.typicalSeconds)
      : words.noProvider[type()];
    byId("provider-hint", HTMLElement).textContent = options === null ? "" : hint;
    byId("cost", HTMLElement).textContent = words.cost(count());
    button.disabled = isBusy || options === null || !one;
    const many = count() > 1 ? words.makeMany[type()](count()) : words.make[type()];
    button.textContent = isBusy ? words.making : many;
  }

  function countPrompt(): void {
    const { maximum } = options?.prompt ?? { maximum: 1000 };
    const length = graphemeCount(normalisePrompt(prompt.value));
    counter.textContent = `${length.toLocaleString("en")} / ${maximum.toLocaleString("en")}`;
    counter.classList.toggle("over", length > maximum);
  }

  function clear(): void {
    for (const id of [...Object.keys(FIELDS), "form"]) mark(id, null);
  }

  function mark(path: string, message: string | null): void {
    const place = document.getElementById(`${path}-error`);
    if (place) {
      place.textContent = message ?? "";
      place.hidden = message === null;
    }
    const field = document.getElementById(FIELDS[path] ?? "");
    if (message === null) field?.removeAttribute("aria-invalid");
    else field?.setAttribute("aria-invalid", "true");
  }

  function complain(problems: readonly ApiProblem[]): void {
    clear();
    for (const { path, message } of problems) mark(path in FIELDS ? path : "form", message);
    const first = problems
      .map(({ path }) => document.getElementById(FIELDS[path] ?? ""))
      .find((field) => field !== null);
    if (first)
      (first.matches("input, select, textarea") ? first : first.querySelector<HTMLElement>("input"))?.focus();
  }

  /** The server's own rule, so that an obvious mistake needs no round trip. */
  function promptProblem(): ApiProblem | null {
    const check = checkPrompt(prompt.value);
    if (check.status === "ok") return null;
    const { minimum, maximum } = options?.prompt ?? { minimum: 10, maximum: 1000 };
    const message = {
      "too-short": words.tooShort(minimum),
      "too-long": words.tooLong(maximum),
      unreadable: words.unreadable,
    };
    return { path: "prompt", message: message[check.why] };
  }

  function submit(): void {
    if (isBusy || options === null) return;
    const problem = promptProblem();
    if (problem) return complain([problem]);
    clear();
    onMake({
      prompt: prompt.value,
      type: type(),
      provider: provider.value,
      style: style.value,
      aspect: chosen("aspect"),
      count: count(),
      referenceImageUrl: current()?.takesReference ? reference.value.trim() : "",
    });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  prompt.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  });
  prompt.addEventListener("input", () => {
    countPrompt();
    mark("prompt", null);
  });
  form.addEventListener("change", (event) => {
    const name =
      event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
        ? event.target.name
        : "";
    if (name === "type") fillProviders();
    else if (name === "provider") fillAspects();
    else describe();
  });

  return {
    offer(next) {
      const isFirst = options === null;
      options = next;
      if (isFirst) {
        const standard = form.querySelector<HTMLInputElement>(
          `input[name=type][value=${next.defaults.type}]`,
        );
        if (standard) standard.checked = true;
        style.replaceChildren(
          make("option", { value: "" }, words.noStyle),
          ...next.styles.map((name) => make("option", { value: name }, name)),
        );
        style.value = next.defaults.style ?? "";
      }
      fillProviders();
      countPrompt();
    },
    use(text) {
      prompt.value = text;
      countPrompt();
      clear();
      prompt.focus();
      prompt.setSelectionRange(text.length, text.length);
    },
    complain,
    busy(now) {
      isBusy = now;
      describe();
    },
  };
}
