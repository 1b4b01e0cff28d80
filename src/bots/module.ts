import type { Core } from "../core/core.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Ids } from "../core/ports/ids.ts";
import type { Log } from "../core/ports/log.ts";
import type { MediaLinks, MediaStore } from "../core/ports/media.ts";
import type { Messenger } from "../core/ports/messenger.ts";
import type { AdapterModule } from "../core/ports/module.ts";
import type { Signals } from "../core/ports/signals.ts";
import type { DeliveryStore, InboxStore, NoteStore } from "../core/ports/stores.ts";

/** Routes of the web server, as web-standard requests and responses. */
export interface Mount {
  /** `/telegram`, `/ai-studio`, `/api/ai`: everything at or below it comes here. */
  readonly prefix: string;
  /** Largest body in bytes that is passed on; 1 MB unless given. */
  readonly bodyBytes?: number;
  fetch(request: Request, info: { readonly remoteAddress: string }): Promise<Response>;
}

/** How this process can be reached; null `publicUrl`: from this machine only. */
export interface WebPlace {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
}

/** Signs short texts with the instance's key (HMAC-SHA256, base64url) for links and cookies. */
export interface Signer {
  sign(purpose: string, text: string): string;
  /** In constant time. */
  verify(purpose: string, text: string, signature: string): boolean;
}

export interface BotDependencies {
  readonly core: Core;
  readonly inbox: InboxStore;
  readonly deliveries: DeliveryStore;
  readonly notes: NoteStore;
  readonly media: MediaStore;
  readonly links: MediaLinks;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly web: WebPlace;
  readonly signer: Signer;
  /** The project's folder, for files that are served as they are. */
  readonly projectRoot: string;
}

/** A platform at work. */
export interface Bot {
  readonly messenger: Messenger;
  /** Connects and begins to take updates; rejects when it can never work (a wrong token). */
  start(): Promise<void>;
  /** Takes no more updates; what was taken is finished or stands in the inbox. */
  stop(): Promise<void>;
  readonly mounts?: readonly Mount[];
  health(): { readonly up: boolean; readonly detail: string };
}

export type BotModule = AdapterModule<BotDependencies, Bot>;
