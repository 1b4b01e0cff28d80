import type { ApiProblem } from "../api-types.ts";
import { Refused, type Wish, type WishReference } from "./api.ts";
import { byId } from "./dom.ts";
import { editMask, type Mask } from "./mask-editor.ts";
import { createThumbnail, type ReferenceItem } from "./thumbnail.ts";
import { announce } from "./toasts.ts";
import { uploadFile } from "./upload.ts";
import { words } from "./words.ts";

/** The pictures that a request is to be made from. */
export interface References {
  /** How many the chosen kind takes (0: the area goes), and whether the chosen model takes a mask. */
  allow(maximum: number, takesMask: boolean, maximumBytes: number): void;
  /** These instead of what was there. */
  start(picture: {
    readonly assetId: string;
    readonly url: string;
    readonly width: number;
    readonly height: number;
  }): void;
  clear(): void;
  count(): number;
  /** What a request says of them; a problem while something is not ready. */
  wish(): Pick<Wish, "references" | "mask"> | ApiProblem;
}

/** Takes pictures by file, drop, clipboard and web address. `onChange` comes after each change of what is there. */
export function createReferences(onChange: () => void): References {
  const area = byId("references", HTMLFieldSetElement);
  const list = byId("reference-list", HTMLUListElement);
  const drop = byId("drop", HTMLElement);
  const files = byId("files", HTMLInputElement);
  const choose = byId("choose-files", HTMLButtonElement);
  const address = byId("reference", HTMLInputElement);
  const problem = byId("referenceImageUrl-error", HTMLElement);
  let items: ReferenceItem[] = [];
  let mask: Mask | null = null;
  let maximum = 0;
  let takesMask = false;
  let maximumBytes = 0;
  /** One after the other: the server takes only a few at once. */
  let uploads: Promise<void> = Promise.resolve();

  function complain(message: string | null): void {
    problem.textContent = message ?? "";
    problem.hidden = message === null;
    if (message === null) area.removeAttribute("aria-invalid");
  }

  function changed(): void {
    if (!items[0]?.picture) mask = null;
    draw();
    onChange();
  }

  function draw(): void {
    const focused = document.activeElement;
    const had = list.contains(focused);
    list.hidden = items.length === 0;
    list.replaceChildren(
      ...items.map((item, index) =>
        createThumbnail(item, index + 1, {
          remove: () => remove(item),
          mask:
            index === 0 && (takesMask || mask !== null) && item.picture
              ? { isMade: mask !== null, edit: () => void mark(item) }
              : null,
        }),
      ),
    );
    drop.hidden = maximum > 0 && items.length >= maximum;
    if (had && !list.contains(document.activeElement)) (list.querySelector("button") ?? choose).focus();
  }

  /** False, with the reason in place, when there is no room for another one. */
  function add(item: ReferenceItem): boolean {
    if (items.length >= maximum) {
      complain(words.tooManyReferences(maximum));
      return false;
    }
    items = [...items, item];
    changed();
    return true;
  }

  function remove(item: ReferenceItem): void {
    item.stop?.();
    if (item === items[0]) mask = null;
    items = items.filter((one) => one !== item);
    complain(null);
    changed();
    announce(words.removed);
    (list.querySelector<HTMLElement>("button") ?? choose).focus();
  }

  function upload(file: File): void {
    if (file.size > maximumBytes) return complain(`${file.name}: ${words.fileTooLarge}`);
    const stopping = new AbortController();
    const item: ReferenceItem = {
      name: file.name,
      source: null,
      picture: null,
      stop: () => stopping.abort(),
    };
    if (add(item)) uploads = uploads.then(() => send(file, item, stopping.signal));
  }

  async function send(file: File, item: ReferenceItem, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const showPart = (part: number) =>
      list.children[items.indexOf(item)]?.querySelector("progress")?.setAttribute("value", String(part));
    try {
      const sent = await uploadFile(file, "picture", showPart, signal);
      const ready: ReferenceItem = { name: file.name, source: { id: sent.id }, picture: sent };
      items = items.map((one) => (one === item ? ready : one));
      announce(words.uploaded);
    } catch (error) {
      if (signal.aborted) return;
      items = items.filter((one) => one !== item);
      complain(`${file.name}: ${reasonOf(error)}`);
    }
    changed();
  }

  function addFiles(given: readonly File[]): void {
    complain(null);
    for (const file of given) upload(file);
  }

  /** What stands in the address field; true when there was nothing or it was taken. */
  function addAddress(): boolean {
    const url = address.value.trim();
    if (url === "") return true;
    if (!URL.canParse(url) || !/^https?:/i.test(url)) {
      complain(words.notAnAddress);
      return false;
    }
    complain(null);
    if (!add({ name: url, source: { url }, picture: null })) return false;
    address.value = "";
    announce(words.uploaded);
    return true;
  }

  async function mark(item: ReferenceItem): Promise<void> {
    if (!item.picture) return;
    const made = await editMask(item.picture, mask);
    if (made === undefined || items[0] !== item) return;
    mask = made;
    changed();
    list.querySelector<HTMLElement>("[data-action=mask]")?.focus();
  }

  choose.addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    addFiles([...(files.files ?? [])]);
    files.value = "";
  });
  byId("add-address", HTMLButtonElement).addEventListener("click", () => {
    if (!addAddress()) address.focus();
  });
  address.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    addAddress();
  });
  // A file that misses the area must not take the page away.
  for (const name of ["dragover", "drop"] as const) {
    document.addEventListener(name, (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
  const isTaken = (transfer: DataTransfer | null) =>
    transfer?.types.some((type) => type === "Files" || type === "text/uri-list") ?? false;
  area.addEventListener("dragover", (event) => {
    if (!isTaken(event.dataTransfer)) return;
    event.preventDefault();
    area.classList.add("over");
  });
  area.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node) || !area.contains(event.relatedTarget))
      area.classList.remove("over");
  });
  area.addEventListener("drop", (event) => {
    if (!isTaken(event.dataTransfer)) return;
    event.preventDefault();
    area.classList.remove("over");
    const dropped = [...(event.dataTransfer?.files ?? [])];
    if (dropped.length > 0) return addFiles(dropped);
    address.value = event.dataTransfer?.getData("text/uri-list").split("\n")[0]?.trim() ?? "";
    addAddress();
  });
  document.addEventListener("paste", (event) => {
    // From a text processor both come: who is writing wants the words.
    const hasWords = event.clipboardData?.types.includes("text/plain") ?? false;
    if (area.hidden || hasWords) return;
    const pasted = [...(event.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
    if (pasted.length === 0) return;
    event.preventDefault();
    addFiles(pasted);
  });

  return {
    allow(most, masks, bytes) {
      maximumBytes = bytes;
      if (most === maximum && masks === takesMask) return;
      [maximum, takesMask] = [most, masks];
      area.hidden = most === 0;
      byId("reference-hint", HTMLElement).textContent = words.referenceHint(most);
      draw();
    },
    start({ assetId, ...picture }) {
      for (const item of items) item.stop?.();
      mask = null;
      items = [{ name: words.referenceName(1), source: { assetId }, picture }];
      complain(null);
      changed();
    },
    clear() {
      for (const item of items) item.stop?.();
      items = [];
      changed();
    },
    count: () => (area.hidden ? 0 : items.length),
    wish() {
      if (area.hidden) return { references: [] };
      if (!addAddress()) return { path: "referenceImageUrl", message: problem.textContent };
      const sources = items
        .map(({ source }) => source)
        .filter((source): source is WishReference => source !== null);
      if (sources.length < items.length) return { path: "referenceImageUrl", message: words.stillUploading };
      return { references: sources, ...(mask ? { mask: mask.id } : {}) };
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Refused)) return words.fileNotTaken;
  if (error.status === 413) return words.fileTooLarge;
  return error.answer.details[0]?.message ?? error.answer.message;
}
