import type { ApiAsset } from "../api-types.ts";
import type { ApiPost } from "../post-types.ts";
import { fieldsOf, readAsset } from "./read.ts";
import { readPost } from "./read-posts.ts";

/** What the server tells without being asked. */
export interface LiveHandlers {
  /** Connected, at first and again: what happened meanwhile is not told, so ask for everything. */
  connected(isFirst: boolean): void;
  lost(): void;
  asset(asset: ApiAsset): void;
  post(post: ApiPost): void;
  gone(id: string): void;
  notice(text: string): void;
}

/** Listens for as long as the page is open; the browser connects again by itself. */
export function listen(handlers: LiveHandlers): { readonly isConnected: () => boolean } {
  let connections = 0;
  let isLost = false;
  const source = new EventSource("/api/ai/events");
  const on = (name: string, handle: (data: unknown) => void) => {
    source.addEventListener(name, (event: MessageEvent<unknown>) => {
      if (typeof event.data !== "string") return;
      const data: unknown = JSON.parse(event.data);
      handle(data);
    });
  };
  source.addEventListener("open", () => {
    connections += 1;
    isLost = false;
    handlers.connected(connections === 1);
  });
  source.addEventListener("error", () => {
    if (isLost) return;
    isLost = true;
    handlers.lost();
  });
  on("asset", (data) => handlers.asset(readAsset(data)));
  on("post", (data) => handlers.post(readPost(data)));
  on("gone", (data) => handlers.gone(String(fieldsOf(data)["id"])));
  on("notice", (data) => {
    const { title, text } = { title: "", text: "", ...fieldsOf(data) };
    handlers.notice([title, text].filter((line) => line !== "").join("\n"));
  });
  return { isConnected: () => source.readyState === EventSource.OPEN };
}
