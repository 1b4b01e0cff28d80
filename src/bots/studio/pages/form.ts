import { checkPrompt, graphemeCount, normalisePrompt } from "../../../core/generation/prompt.ts";
import type { ApiAsset, ApiNearest, ApiOptions, ApiProblem, ApiProvider } from "../api-types.ts";
import type { Wish } from "./api.ts";
import { byId, frame, make } from "./dom.ts";
import { createReferences } from "./references.ts";
import { words } from "./words.ts";

export interface MakerForm {
  /** Fills the choices; the ones made already are kept where they still fit. */
  offer(options: ApiOptions): void;
  use(prompt: string): void;
  /** Begins a request for this kind that works from a picture of the gallery. */
  workFrom(asset: ApiAsset, type: "image" | "video"): void;
  /** Shows what is wrong beside the fields, offers what would go, and moves there. */
  complain(problems: readonly ApiProblem[], nearest?: ApiNearest | null): void;
  busy(isBusy: boolean): void;
}

const FIELDS: Readonly<Record<string, string>> = {
  prompt: "prompt",
  provider: "provider",
  style: "style",
  aspect: "aspects",
  count: "count-field",
  referenceImageUrl: "references",
  mask: "references",
};

export function createMakerForm(onMake: (wish: Wish) => void): MakerForm {
  const form = byId("maker", HTMLFormElement);
  const prompt = byId("prompt", HTMLTextAreaElement);
  const provider = byId("provider", HTMLSelectElement);
  const style = byId("style", HTMLSelectElement);
  const aspects = byId("aspects", HTMLElement);
  const nearestButton = byId("nearest", HTMLButtonElement);
  const button = byId("make", HTMLButtonElement);
  const counter = byId("prompt-counter", HTMLOutputElement);
  let options: ApiOptions | null = null;
  let isBusy = false;
  let nearest: ApiNearest | null = null;
  // What is wrong with a picture stays until the member acts: another one may still be on its way.
  const references = createReferences(() => {
    mark("mask", null);
    offerNearest(null);
    fillAspects();
  });

  const chosen = (name: string): string => {
    const value = new FormData(form).get(name);
    return typeof value === "string" ? value : "";
  };
  const type = (): "image" | "video" => (chosen("type") === "video" ? "video" : "image");
  const count = () => Number(chosen("count")) || 1;
  const providers = (): readonly ApiProvider[] =>
    options?.providers.filter((one) => one.type === type()) ?? [];
  /** Of a prompt: words that change a picture may be fewer. */
  const minimum = () => {
    const { minimum: usual, editMinimum } = options?.prompt ?? { minimum: 10, editMinimum: 3 };
    return references.count() > 0 ? editMinimum : usual;
  };
  const current = () => providers().find(({ id }) => id === provider.value);

  function fillProviders(): void {
    const before = provider.value;
    const standard = type() === "image" ? options?.defaults.imageProvider : options?.defaults.videoProvider;
    provider.replaceChildren(
      ...providers().map(({ id, label, isUp }) =>
        make("option", { value: id }, isUp ? label : words.restingOption(label)),
      ),
    );
    const wanted = [before, standard].find((id) => providers().some((one) => one.id === id));
    if (wanted) provider.value = wanted;
    fillForProvider();
  }

  function fillForProvider(): void {
    fillReferences();
    fillAspects();
  }

  /** What the chosen model takes; where it takes none, what another one of the kind does. */
  function fillReferences(): void {
    const most = Math.max(0, ...providers().map(({ maxReferences }) => maxReferences));
    const one = current();
    references.allow(one?.maxReferences || most, one?.takesMask ?? false, options?.uploadBytes ?? 0);
  }

  /** What is made from a picture may keep its shape: the empty choice, and the one that is made at first. */
  function fillAspects(): void {
    const isOpen = references.count() > 0;
    const wasOpen = aspects.querySelector("input[value='']") !== null;
    const offered = [...(isOpen ? [""] : []), ...(current()?.aspects ?? [])];
    const key = offered.join();
    // Drawn anew only when it is another choice: whoever is moving through it with the keyboard stays there.
    if (aspects.dataset["offered"] === key) return describe();
    aspects.dataset["offered"] = key;
    const wanted = isOpen && !wasOpen ? "" : chosen("aspect");
    const selected = [wanted, options?.defaults.aspect].find((one) => offered.includes(one ?? "none"));
    aspects.replaceChildren(
      ...offered.map((aspect) => {
        const checked = aspect === (selected ?? offered[0]);
        const [name, title] = aspect === "" ? [words.sameAspect, words.sameAspectLong] : [aspect, aspect];
        return make(
          "label",
          { title },
          make("input", { type: "radio", name: "aspect", value: aspect, checked }),
          make("span", {}, frame(aspect || "1:1", aspect === ""), name),
        );
      }),
    );
    describe();
  }

  function hintOf(one: ApiProvider): string {
    const hints = [
      one.isSketch ? words.sketchHint : words.usually(one.typicalSeconds),
      ...(one.state === "resting" ? [words.resting] : []),
      ...(one.state === "set-aside" ? [words.setAside] : []),
      ...(references.count() > 0 && one.maxReferences === 0 ? [words.noReference(one.label)] : []),
      ...(typeof one.credits === "number" ? [words.credits(one.credits)] : []),
    ];
    return hints.join(" ");
  }

  function describe(): void {
    const one = current();
    const hint = one ? hintOf(one) : words.noProvider[type()];
    byId("provider-hint", HTMLElement).textContent = options === null ? "" : hint;
    byId("prompt-hint", HTMLElement).textContent = words.promptHint(minimum());
    prompt.placeholder = references.count() > 0 ? words.editExample[type()] : words.promptExample;
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
    offerNearest(null);
  }

  function offerNearest(next: ApiNearest | null): void {
    nearest = next;
    nearestButton.hidden = next === null;
    if (next) nearestButton.textContent = words.makeWith(next.label, next.aspect, next.keepsReferences);
  }

  /** Makes it the way that was offered instead. */
  function takeNearest({
    type: kind,
    provider: id,
    aspect,
    style: look,
    count: many,
    keepsReferences,
  }: ApiNearest): void {
    check("type", kind);
    if (!keepsReferences) references.clear();
    fillProviders();
    provider.value = id;
    fillForProvider();
    check("aspect", aspect);
    check("count", String(many));
    style.value = look ?? "";
    submit();
  }

  function check(name: string, value: string): void {
    const radio = form.querySelector<HTMLInputElement>(`input[name=${name}][value="${CSS.escape(value)}"]`);
    if (radio) radio.checked = true;
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

  function complain(problems: readonly ApiProblem[], instead: ApiNearest | null = null): void {
    clear();
    for (const { path, message } of problems) mark(path in FIELDS ? path : "form", message);
    offerNearest(instead);
    if (instead) {
      const shown = problems.map(({ path }) => `${path in FIELDS ? path : "form"}-error`);
      nearestButton.setAttribute("aria-describedby", shown.join(" "));
      return nearestButton.focus();
    }
    const first = problems
      .map(({ path }) => document.getElementById(FIELDS[path] ?? ""))
      .find((field) => field !== null);
    if (!first) return;
    const field = first.matches("input, select, textarea")
      ? first
      : first.querySelector<HTMLElement>("button, input");
    field?.focus();
  }

  /** The server's own rule, so that an obvious mistake needs no round trip. */
  function promptProblem(): ApiProblem | null {
    const checked = checkPrompt(prompt.value, minimum());
    if (checked.status === "ok") return null;
    const message = {
      "too-short": words.tooShort(minimum()),
      "too-long": words.tooLong(options?.prompt.maximum ?? 1000),
      unreadable: words.unreadable,
    };
    return { path: "prompt", message: message[checked.why] };
  }

  function submit(): void {
    if (isBusy || options === null) return;
    // First: an address that was not added yet counts as a picture.
    const pictures = references.wish();
    const problems = [promptProblem(), "message" in pictures ? pictures : null].filter((one) => one !== null);
    if ("message" in pictures || problems.length > 0) return complain(problems);
    clear();
    onMake({
      prompt: prompt.value,
      type: type(),
      provider: provider.value,
      style: style.value,
      aspect: chosen("aspect"),
      count: count(),
      ...pictures,
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
  nearestButton.addEventListener("click", () => {
    if (nearest && !isBusy) takeNearest(nearest);
  });
  form.addEventListener("change", (event) => {
    const name =
      event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
        ? event.target.name
        : "";
    if (name === "type") fillProviders();
    else if (name === "provider") fillForProvider();
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
    workFrom(asset, kind) {
      check("type", kind);
      fillProviders();
      const able = providers().filter(({ maxReferences }) => maxReferences > 0);
      const best = able.find(({ isUp }) => isUp) ?? able[0];
      if (best && (current()?.maxReferences ?? 0) === 0) provider.value = best.id;
      fillForProvider();
      const { id, resultUrl = "", width = 1, height = 1 } = asset;
      references.start({ assetId: id, url: resultUrl, width, height });
      const area = byId("maker-area", HTMLElement);
      area.scrollTo({ top: 0 });
      area.scrollIntoView({ block: "start", behavior: isStill() ? "auto" : "smooth" });
      prompt.focus({ preventScroll: true });
      prompt.select();
    },
    complain,
    busy(now) {
      isBusy = now;
      describe();
    },
  };
}

/** Whether the member asked for less movement. */
function isStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
