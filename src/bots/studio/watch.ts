import type { Core } from "../../core/core.ts";
import type { AssetId, UserId } from "../../core/identifiers.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Signals } from "../../core/ports/signals.ts";
import type { Pages } from "./events.ts";
import type { Renderer } from "./render.ts";

/**
 * Tells the open pages of a member what became of an asset, each time something changed. Changes that come faster
 * than they can be read are told as one, and always in order.
 */
export function watchAssets(dependencies: {
  readonly core: Core;
  readonly signals: Signals;
  readonly pages: Pages;
  readonly renderer: Renderer;
  readonly log: Log;
}): () => void {
  const { core, signals, pages, renderer, log } = dependencies;
  const changed = new Map<AssetId, UserId>();
  let isBusy = false;

  async function tellAll(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    try {
      for (let next = changed.entries().next(); !next.done; next = changed.entries().next()) {
        const [assetId, userId] = next.value;
        changed.delete(assetId);
        await tellOne(assetId, userId);
      }
    } catch (err) {
      log.warn("pages not told", { err });
    } finally {
      isBusy = false;
    }
  }

  async function tellOne(assetId: AssetId, userId: UserId): Promise<void> {
    const asset = await core.gallery.find(userId, assetId);
    if (asset === null) return pages.toMember(userId, "gone", { id: assetId });
    const identity = pages.identityOf(userId);
    const user = identity === null ? null : await core.members.find(identity);
    if (user) pages.toMember(userId, "asset", await renderer.asset(user, asset));
  }

  return signals.on((signal) => {
    if (signal.kind !== "asset" || pages.identityOf(signal.userId) === null) return;
    changed.set(signal.assetId, signal.userId);
    void tellAll();
  });
}
