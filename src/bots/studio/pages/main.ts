import type { ApiAsset, ApiOptions } from "../api-types.ts";
import type { ApiPost } from "../post-types.ts";
import { createAccountsView } from "./accounts-view.ts";
import { api, Refused, sentenceOf, type Wish } from "./api.ts";
import { showCaption } from "./caption-dialog.ts";
import type { CardAction } from "./card.ts";
import { confirmDelete, showLimit, showPicture } from "./dialogs.ts";
import { byId, make } from "./dom.ts";
import { createMakerForm } from "./form.ts";
import { createGallery } from "./gallery.ts";
import { listen } from "./live.ts";
import { showPost } from "./post-dialog.ts";
import { createPostsView } from "./posts-view.ts";
import { announce, toast } from "./toasts.ts";
import { createViews } from "./views.ts";
import { quotaParts, words } from "./words.ts";

/** The page: the form asks, the gallery shows, and the server's events keep it fresh. */

/** Where events do not come through (a proxy that holds them back), what is being made is asked for. */
const ASK_EVERY_MS = 10_000;

const form = createMakerForm((wish) => void generate(wish));
const gallery = createGallery({
  act: (action, asset) => void act(action, asset),
  useExample: form.use,
  failed,
});
const accounts = createAccountsView(failed);
const posts = createPostsView({
  isLive: () => live.isConnected(),
  failed,
  anew: (one) => void postAnew(one),
  accounts: () => views.open("accounts"),
});
const views = createViews({ posts: posts.load, accounts: accounts.load });
let options: ApiOptions | null = null;
let requests = 0;

/** One key for each request until it is answered: sent again after a lost answer, it starts nothing new. */
const nextKey = () => `${options?.requestKey ?? "page"}.${requests}`;

async function refreshOptions(): Promise<void> {
  const next = await api.options();
  options = { ...next, requestKey: options?.requestKey ?? next.requestKey };
  form.offer(options);
  const takesPictures = (type: string) =>
    next.providers.some((one) => one.type === type && one.maxReferences > 0);
  const cards = byId("cards", HTMLElement);
  cards.classList.toggle("edits", takesPictures("image"));
  cards.classList.toggle("animates", takesPictures("video"));
  const [strong, rest] = quotaParts(next.quota);
  byId("quota", HTMLElement).replaceChildren(make("strong", {}, strong), rest);
  byId("sign-out", HTMLFormElement).hidden = !next.member.signedIn;
}

async function generate(wish: Wish): Promise<void> {
  form.busy(true);
  await begin(() => api.generate(wish, nextKey()));
  form.busy(false);
}

/** What is wrong with a request of the form is shown there; a card has no fields for it. */
async function begin(
  start: () => Promise<readonly ApiAsset[]>,
  from: "form" | "card" = "form",
): Promise<void> {
  try {
    const assets = await start();
    requests += 1;
    for (const asset of assets) gallery.put(asset);
    announce(words.started(assets.length));
    await refreshOptions();
  } catch (error) {
    if (error instanceof Refused) requests += 1;
    if (from === "form" && error instanceof Refused && error.status === 400)
      form.complain(error.answer.details, error.answer.nearest);
    else failed(error);
  }
}

async function act(action: CardAction, asset: ApiAsset): Promise<void> {
  try {
    switch (action) {
      case "open":
        return showPicture(asset.resultUrl ?? "", asset.prompt);
      case "edit":
        return form.workFrom(asset, "image");
      case "animate":
        return form.workFrom(asset, "video");
      case "caption":
        return await showCaption(asset, captions(), { post: (text) => void post(asset, text) });
      case "post":
        return await post(asset, null);
      case "again":
        return await begin(() => api.again(asset.id, nextKey()), "card");
      case "favourite":
        gallery.put(await api.favourite(asset.id, !asset.favourite));
        return;
      case "cancel": {
        const { asset: next, message } = await api.cancel(asset.id);
        gallery.put(next);
        toast(message);
        return await refreshOptions();
      }
      case "delete":
        if (!(await confirmDelete(await api.removal(asset.id)))) return;
        toast(words.deleted(await api.remove(asset.id)));
        gallery.remove(asset.id);
        byId("gallery", HTMLElement).focus();
    }
  } catch (error) {
    failed(error);
  }
}

const captions = () => options?.captions ?? { isWritten: false, languages: [] };

async function post(asset: ApiAsset, text: string | null): Promise<void> {
  const fresh = `${nextKey()}.post`;
  requests += 1;
  const { isWritten } = captions();
  const beginning = { text, key: fresh, isWritten };
  await showPost(asset, beginning, { done: () => views.open("posts"), failed });
}

/** A post that failed for what it was: put together once more, with its picture and words. */
async function postAnew({ mediaId, text }: ApiPost): Promise<void> {
  try {
    await post(await api.get(mediaId), text);
  } catch (error) {
    failed(error);
  }
}

function failed(error: unknown): void {
  if (!(error instanceof Refused)) {
    toast(words.noAnswer, "bad");
    return;
  }
  const { status, answer } = error;
  if (status === 401) {
    toast(words.signedOut, "bad");
    location.reload();
  } else if (status === 403 && answer.resetsAt !== null)
    showLimit(answer, options?.member.signedIn === false);
  else toast(sentenceOf(error), "bad");
}

function changed(asset: ApiAsset): void {
  const before = gallery.put(asset);
  if (asset.status === "processing" || before?.status === asset.status) return;
  if (asset.status === "ready" && before?.status === "processing") toast(words.ready[asset.type]);
  void refreshOptions().catch(failed);
}

const live = listen({
  connected(isFirst) {
    if (!isFirst) toast(words.back);
    void gallery.refresh();
    if (views.isOpen("posts")) posts.load();
    void refreshOptions().catch(failed);
  },
  lost: () => toast(words.offline, "bad"),
  asset: changed,
  gone: gallery.remove,
  post: posts.put,
  notice: (text) => toast(text),
});

// Who comes back to the page wants to know which providers are there now.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void refreshOptions().catch(failed);
});

setInterval(() => {
  for (const id of gallery.working().slice(0, 12)) void api.get(id).then(changed, () => undefined);
}, ASK_EVERY_MS);

void refreshOptions().catch(failed);
void gallery.refresh();
