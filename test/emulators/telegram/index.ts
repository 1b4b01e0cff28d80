import type { Download } from "./downloads.ts";
import type { FaultRule } from "./faults.ts";
import { CLOUD_LIMITS, type RateLimits } from "./limits.ts";
import { createPeople, type People } from "./people.ts";
import { createApi, type RecordedRequest, type Violation } from "./server.ts";
import { printTranscript } from "./transcript.ts";
import type { Chat, Message, User } from "./wire.ts";
import { type BotStatus, type ChatState, createWorld, type Effect, newChat, nowSeconds } from "./world.ts";

export type { Download } from "./downloads.ts";
export type { FaultRule } from "./faults.ts";
export type { People } from "./people.ts";
export type { RecordedRequest, Violation } from "./server.ts";
export type { Chat, Message, User } from "./wire.ts";
export type { Effect } from "./world.ts";

export interface EmulatorOptions {
  readonly port?: number;
  /** Milliseconds; drives dates, rate limits and the age of callback queries. Timers stay real. */
  readonly now?: () => number;
  readonly token?: string;
  /** The cloud's limits by default; false switches them off. */
  readonly limits?: RateLimits | false;
  /** How long a click may be answered. Real servers: some 15 s (several public issues). */
  readonly callbackTtlMs?: number;
  readonly webhookRetryMs?: number;
  /** As a server that runs with --local: files are named by their place on its disk, in this folder. */
  readonly localFolder?: string;
}

export interface GroupOptions {
  readonly title?: string;
  readonly members?: readonly User[];
  readonly botStatus?: BotStatus;
}
export interface SupergroupOptions extends GroupOptions {
  /** Makes it a forum with these topics. */
  readonly topics?: readonly string[];
}

export interface TelegramEmulator extends People {
  /** For TELEGRAM_API_URL. */
  readonly url: string;
  readonly token: string;
  readonly me: User;
  readonly requests: readonly RecordedRequest[];
  readonly violations: readonly Violation[];
  /** Files that the bot fetched, or tried to. */
  readonly downloads: readonly Download[];
  /** What the bot changed, in order. */
  readonly history: readonly Effect[];
  addUser(firstName: string, options?: { readonly languageCode?: string }): User;
  /** The private chat of a user who has pressed Start. */
  privateChat(user: User): Chat;
  group(options?: GroupOptions): Chat;
  supergroup(options?: SupergroupOptions): Chat;
  channel(title: string): Chat;
  /** Thread ids of a forum by topic name. */
  topics(chat: Chat): ReadonlyMap<string, number>;
  messages(chat: Chat): readonly Message[];
  transcript(chat: Chat): string;
  /** A file of the emulated servers by its id, byte for byte as it was sent (a download of a photo is another). */
  fileBytes(fileId: string): Buffer | undefined;
  commands(key: string): readonly unknown[] | undefined;
  fail(rule: FaultRule): void;
  clearFaults(): void;
  setLimits(limits: RateLimits | false): void;
  /** Switches of single chats: videos answered with message_id 0, members hidden from getChatMember. */
  configure(
    chat: Chat,
    switches: { readonly schedulesVideos?: boolean; readonly hiddenMembers?: boolean },
  ): void;
  /** Resolves with the first defined, non-false answer of `check`, which is asked after every call of the bot. */
  until<T>(check: () => T | undefined | false, timeoutMs?: number): Promise<T>;
  close(): Promise<void>;
}

/** An independent stand-in for api.telegram.org, on 127.0.0.1. */
export async function startTelegramEmulator(options: EmulatorOptions = {}): Promise<TelegramEmulator> {
  const token = options.token ?? "7000000001:EMULATED-telegram-token-000000000000";
  let limits = options.limits ?? CLOUD_LIMITS;
  const world = createWorld({
    now: options.now ?? Date.now,
    callbackTtlMs: options.callbackTtlMs ?? 15_000,
    webhookRetryMs: options.webhookRetryMs ?? 200,
  });
  world.localFolder = options.localFolder;
  const watchers = new Set<() => void>();
  const api = createApi({
    world,
    token,
    limits: () => limits,
    changed: () => watchers.forEach((watcher) => watcher()),
  });
  await new Promise<void>((resolve) => api.server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const address = api.server.address();
  if (address === null || typeof address === "string") throw new Error("the emulator has no port");

  function addChat(chat: Chat, settings: GroupOptions): ChatState {
    const state = newChat(chat, settings.botStatus ?? "member");
    for (const user of settings.members ?? []) state.members.set(user.id, "member");
    world.chats.set(chat.id, state);
    return state;
  }

  function stateOf(chat: Chat): ChatState {
    const state = world.chats.get(chat.id);
    if (state === undefined) throw new Error(`the emulator has no chat ${chat.id}`);
    return state;
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    token,
    me: world.me,
    requests: api.requests,
    violations: api.violations,
    downloads: api.downloads,
    history: world.effects,
    ...createPeople(world),
    addUser(firstName, settings = {}) {
      const user: User = {
        id: 5_000_000_001 + world.users.size,
        is_bot: false,
        first_name: firstName,
        language_code: settings.languageCode ?? "en",
      };
      world.users.set(user.id, user);
      return user;
    },
    privateChat(user) {
      const known = world.chats.get(user.id);
      if (known !== undefined) return known.chat;
      return addChat({ id: user.id, type: "private", first_name: user.first_name }, { members: [user] }).chat;
    },
    group(settings = {}) {
      const id = -(4_000_000 + world.chats.size);
      return addChat({ id, type: "group", title: settings.title ?? "Friends" }, settings).chat;
    },
    supergroup(settings = {}) {
      const chat: Chat = {
        id: -1_002_000_000_000 - world.chats.size,
        type: "supergroup",
        title: settings.title ?? "Studio",
        ...(settings.topics === undefined ? {} : { is_forum: true }),
      };
      const state = addChat(chat, settings);
      for (const name of settings.topics ?? []) {
        // A topic's thread id is the id of the service message that created it; 1 is General's.
        state.lastMessageId = Math.max(state.lastMessageId, 1) + 1;
        const id = state.lastMessageId;
        state.topics.set(id, name);
        state.messages.set(id, {
          message_id: id,
          chat,
          date: nowSeconds(world),
          message_thread_id: id,
          is_topic_message: true,
          forum_topic_created: { name, icon_color: 7_322_096 },
        });
      }
      return chat;
    },
    channel: (title) =>
      addChat(
        { id: -1_003_000_000_000 - world.chats.size, type: "channel", title },
        { botStatus: "administrator" },
      ).chat,
    topics: (chat) => new Map([...stateOf(chat).topics].map(([id, name]) => [name, id])),
    messages: (chat) => [...stateOf(chat).messages.values()],
    transcript: (chat) => printTranscript(world, stateOf(chat)),
    fileBytes: (fileId) => world.files.byId(fileId)?.bytes,
    commands: (key) => world.commands.get(key),
    fail: (rule) => api.faults.add(rule),
    clearFaults: () => api.faults.clear(),
    setLimits(next) {
      limits = next;
    },
    configure(chat, switches) {
      Object.assign(stateOf(chat), switches);
    },
    until<T>(check: () => T | undefined | false, timeoutMs = 5_000): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const look = (): void => {
        const value = check();
        if (value === undefined || value === false) return;
        watchers.delete(look);
        clearTimeout(timer);
        resolve(value);
      };
      const timer = setTimeout(() => {
        watchers.delete(look);
        reject(new Error(`nothing of the kind happened within ${timeoutMs} ms`));
      }, timeoutMs);
      watchers.add(look);
      look();
      return promise;
    },
    async close() {
      world.updates.close();
      api.server.closeAllConnections();
      await new Promise<void>((resolve) => api.server.close(() => resolve()));
    },
  };
}
