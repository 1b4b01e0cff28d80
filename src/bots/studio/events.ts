import type { Identity, UserId } from "../../core/identifiers.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ApiEvents } from "./api-types.ts";
import { HEARTBEAT_MS, PAGES_A_MEMBER } from "./limits.ts";

/** The open pages, and what they are told. Nothing here is kept: a page that comes back asks for everything. */
export interface Pages {
  /** A stream of events for one page, until it goes away. */
  open(userId: UserId, identity: Identity): ReadableStream<Uint8Array>;
  toMember<Name extends keyof ApiEvents>(userId: UserId, name: Name, data: ApiEvents[Name]): void;
  toIdentity<Name extends keyof ApiEvents>(identity: string, name: Name, data: ApiEvents[Name]): void;
  /** Who a member with an open page is signed in as; null: no page is open. */
  identityOf(userId: UserId): Identity | null;
  count(): number;
  /** Keeps connections alive until `close`. */
  beat(): Promise<void>;
  close(): void;
}

interface Page {
  readonly userId: UserId;
  readonly identity: Identity;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
}

/** A page that does not read for so many events is gone. */
const UNREAD_EVENTS = 200;

export function createPages(clock: Pick<Clock, "sleep">): Pages {
  const pages = new Set<Page>();
  const encoder = new TextEncoder();
  const closing = new AbortController();

  function drop(page: Page): void {
    if (!pages.delete(page)) return;
    page.controller.close();
  }

  function write(page: Page, text: string): void {
    if ((page.controller.desiredSize ?? 0) < -UNREAD_EVENTS) drop(page);
    else page.controller.enqueue(encoder.encode(text));
  }

  function tell(name: string, data: unknown, wanted: (page: Page) => boolean): void {
    const text = `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const page of pages) if (wanted(page)) write(page, text);
  }

  return {
    open(userId, identity) {
      const own = [...pages].filter((page) => page.userId === userId);
      const oldest = own[0];
      if (oldest && own.length >= PAGES_A_MEMBER) drop(oldest);
      let page: Page | null = null;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            if (closing.signal.aborted) return controller.close();
            page = { userId, identity, controller };
            pages.add(page);
            write(page, "retry: 2000\n\n");
          },
          cancel() {
            if (page) pages.delete(page);
          },
        },
        { highWaterMark: 1 },
      );
    },
    toMember: (userId, name, data) => tell(name, data, (page) => page.userId === userId),
    toIdentity: (identity, name, data) => tell(name, data, (page) => page.identity === identity),
    identityOf: (userId) => [...pages].find((page) => page.userId === userId)?.identity ?? null,
    count: () => pages.size,
    async beat() {
      while (!closing.signal.aborted) {
        await clock.sleep(HEARTBEAT_MS, closing.signal);
        for (const page of pages) write(page, ": still here\n\n");
      }
    },
    close() {
      closing.abort();
      for (const page of pages) drop(page);
    },
  };
}
