import type { ApiAsset } from "../api-types.ts";
import { showPicture } from "./dialogs.ts";
import { icon, make } from "./dom.ts";
import { formatMoment, words } from "./words.ts";

export type CardAction =
  | "again"
  | "edit"
  | "animate"
  | "caption"
  | "post"
  | "favourite"
  | "delete"
  | "cancel"
  | "open";

/** One result in the gallery; `update` changes only what is different, so a running video goes on. */
export interface Card {
  readonly element: HTMLLIElement;
  asset(): ApiAsset;
  update(asset: ApiAsset): void;
}

export function createCard(first: ApiAsset, act: (action: CardAction, asset: ApiAsset) => void): Card {
  let asset = first;
  const media = make("div", { class: "media" });
  const about = make("div", { class: "about" });
  const actions = make("div", { class: "actions" });
  const element = make("li", { class: "card", "data-id": asset.id }, media, about, actions);
  const onAct = (action: CardAction) => () => act(action, asset);

  function draw(before: ApiAsset | null): void {
    const isSameMedia =
      before?.status === asset.status &&
      before.resultUrl === asset.resultUrl &&
      before.statusText === asset.statusText &&
      before.progress === asset.progress &&
      before.errorMessage === asset.errorMessage;
    if (!isSameMedia) {
      element.setAttribute("aria-busy", String(asset.status === "processing"));
      media.style.setProperty("aspect-ratio", asset.aspect.replace(":", " / "));
      keepFocus(media, () => media.replaceChildren(mediaOf(asset, onAct("open"))));
    }
    keepFocus(about, () => about.replaceChildren(...aboutOf(asset)));
    keepFocus(actions, () => actions.replaceChildren(...actionsOf(asset, onAct)));
  }

  draw(null);
  return {
    element,
    asset: () => asset,
    update(next) {
      if (JSON.stringify(next) === JSON.stringify(asset)) return;
      const before = asset;
      asset = next;
      draw(before);
    },
  };
}

/** Redrawing must not take the focus away from whoever uses the keyboard. */
function keepFocus(area: HTMLElement, redraw: () => void): void {
  const focused = document.activeElement;
  const action = area.contains(focused) ? focused?.getAttribute("data-action") : null;
  redraw();
  if (!action) return;
  const same = area.querySelector<HTMLElement>(`[data-action="${action}"]`);
  (same ?? area.querySelector<HTMLElement>("button, a"))?.focus();
}

function mediaOf(asset: ApiAsset, onOpen: () => void): Node {
  if (asset.status === "processing") {
    const bar =
      asset.progress === null
        ? null
        : make("progress", { max: "1", value: String(asset.progress), "aria-label": "Progress" });
    return make(
      "div",
      { class: "working" },
      bar ?? make("div", { class: "spinner", "aria-hidden": "true" }),
      make("p", {}, asset.statusText ?? ""),
    );
  }
  if (asset.status === "error") {
    const title = asset.cancelled ? words.stopped : null;
    return make(
      "div",
      { class: asset.cancelled ? "failed stopped" : "failed" },
      icon(asset.cancelled ? "stop" : "warning"),
      make("p", {}, asset.errorMessage ?? title ?? ""),
    );
  }
  const source = asset.resultUrl ?? "";
  if (asset.type === "video") {
    return make("video", {
      src: source,
      controls: true,
      loop: true,
      playsinline: true,
      preload: "metadata",
      "aria-label": `Video: ${asset.prompt}`,
    });
  }
  const size = { width: String(asset.width ?? 1), height: String(asset.height ?? 1) };
  const picture = make("img", {
    src: source,
    alt: asset.prompt,
    loading: "lazy",
    decoding: "async",
    ...size,
  });
  return make(
    "button",
    { class: "open", type: "button", title: words.open, "data-action": "open", click: onOpen },
    picture,
  );
}

function aboutOf(asset: ApiAsset): Node[] {
  const facts = [asset.providerLabel, asset.style, asset.receipt].filter((fact) => fact !== null).join(" · ");
  return [
    make("p", { class: "prompt", dir: "auto", title: asset.prompt }, asset.prompt),
    make(
      "p",
      { class: "facts" },
      `${facts} · `,
      make("time", { datetime: asset.createdAt }, formatMoment(asset.createdAt)),
    ),
    ...(asset.note === undefined ? [] : [make("p", { class: "note" }, asset.note)]),
    ...(asset.references.length === 0 ? [] : [make("div", { class: "made-from" }, ...referencesOf(asset))]),
  ];
}

function referencesOf({ references }: ApiAsset): Node[] {
  return references.map(({ url, role }, index) => {
    const title = words.referenceMade[role];
    const label = `${title} (${index + 1})`;
    return make(
      "button",
      { type: "button", title, "data-action": `reference-${index}`, click: () => showPicture(url, title) },
      make("img", { src: url, alt: label, width: "40", height: "40", loading: "lazy", decoding: "async" }),
    );
  });
}

function actionsOf(asset: ApiAsset, onAct: (action: CardAction) => () => void): Node[] {
  const button = (
    action: CardAction,
    label: string,
    image: SVGSVGElement,
    extra: Record<string, string> = {},
  ) =>
    make(
      "button",
      { class: "button quiet", type: "button", "data-action": action, click: onAct(action), ...extra },
      image,
      label,
    );
  const small = (
    action: CardAction,
    label: string,
    image: SVGSVGElement,
    extra: Record<string, string> = {},
  ) =>
    make(
      "button",
      {
        class: "button quiet icon",
        type: "button",
        "data-action": action,
        "aria-label": label,
        title: label,
        click: onAct(action),
        ...extra,
      },
      image,
    );
  if (asset.status === "processing") return [button("cancel", words.cancel, icon("stop"))];
  const again = button("again", words.again, icon("again"));
  const remove = small("delete", words.delete, icon("delete"));
  if (asset.status === "error") return [again, make("span", { class: "group" }, remove)];
  const isPicture = asset.type === "image";
  return [
    again,
    // Seen only where a provider takes pictures: the list of cards says so by its class.
    ...(isPicture
      ? [button("edit", words.edit, icon("edit")), button("animate", words.animate, icon("animate"))]
      : []),
    button("caption", words.caption, icon("caption")),
    button("post", words.post, icon("post")),
    make(
      "span",
      { class: "group" },
      make(
        "a",
        {
          class: "button quiet icon",
          href: asset.downloadUrl ?? "",
          download: true,
          "data-action": "download",
          "aria-label": words.download,
          title: words.download,
        },
        icon("download"),
      ),
      small("favourite", words.favourite, icon("star", asset.favourite), {
        "aria-pressed": String(asset.favourite),
      }),
      remove,
    ),
  ];
}
