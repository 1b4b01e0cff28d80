import { createHash } from "node:crypto";
import type { Answer, Intent } from "../../../src/core/conversation/intents.ts";
import type { Reply } from "../../../src/core/conversation/text.ts";
import { createCore } from "../../../src/core/create-core.ts";
import type { Identity } from "../../../src/core/identifiers.ts";
import type { CaptionRequest, WrittenCaption } from "../../../src/core/ports/captions.ts";
import type { Messenger, Outgoing } from "../../../src/core/ports/messenger.ts";
import type { Network } from "../../../src/core/ports/publisher.ts";
import type { NewAsset } from "../../../src/core/ports/stores.ts";
import { silentLog } from "../../support/databases.ts";
import { createEngine } from "../../support/engine.ts";
import { messages } from "../../support/post-engine.ts";
import { createScriptedPublisher } from "../../support/scripted-publisher.ts";
import { newOrder, unique } from "../../support/store-fixtures.ts";

const LIMITS: Messenger["limits"] = {
  textLength: 20_000,
  captionLength: 20_000,
  buttonsPerRow: 5,
  buttonRows: 5,
  buttonLabelLength: 80,
  albums: false,
  photo: { maxBytes: 1e7, maxSideSum: 1e6, maxRatio: 1e6 },
  videoBytes: 1e7,
  fileBytes: 1e7,
  editIntervalMs: 0,
  pace: { overall: { count: 1, perMs: 1 }, chat: { count: 1, perMs: 1 } },
};

export const WRITTEN: WrittenCaption = {
  text: "A fox keeps warm.",
  hashtags: ["fox"],
  altText: "A red fox in snow.",
  language: "en",
};

/**
 * The real core on a real database in memory, in a chat with one member who has one ready picture, with a model whose
 * answers the test writes (null: there is none).
 */
export async function openChatDesk(
  options: {
    readonly write?: ((request: CaptionRequest) => Partial<WrittenCaption> | "away") | null;
    readonly locale?: string;
    readonly networks?: readonly Network[];
    /** Calls of the model a day, of the member and of everybody. */
    readonly calls?: { readonly member?: number; readonly everybody?: number };
    /** Behind `@<network>` in the names of the accounts. */
    readonly nameEnd?: string;
  } = {},
) {
  const { write = () => ({}), locale = "en", networks = [], nameEnd = "", calls = {} } = options;
  const engine = await createEngine();
  const { stores, work, user } = engine;
  const requests: CaptionRequest[] = [];
  const sent: Outgoing[] = [];
  const refs = { next: 0 };
  const messenger: Messenger = {
    platform: "discord",
    limits: LIMITS,
    chatPace: () => LIMITS.pace.chat,
    async send(outgoing) {
      sent.push(outgoing);
      refs.next += 1;
      return { status: "sent", ref: { message: refs.next } };
    },
  };
  const unasked = (): never => {
    throw new Error("not asked for here");
  };
  const { core, deliver, autoCaptions } = createCore({
    config: {
      ...work.config,
      captionDailyLimit: calls.member ?? 0,
      captionDailyCap: calls.everybody ?? 0,
    },
    publicUrl: null,
    stores,
    generators: [],
    media: {
      put: async () => undefined,
      read: async () => new Uint8Array([1]),
      stream: async () => null,
      remove: async () => undefined,
      async *keys() {},
    },
    intake: work.intake,
    referenceIntake: { fromUrl: unasked, fromBytes: unasked },
    fitter: { fit: async () => null },
    captionWriter:
      write === null
        ? null
        : {
            model: "gpt-test",
            write: async (request) => {
              requests.push(request);
              const answer = write(request);
              if (answer === "away") return { status: "failed", detail: "away", mayHelp: false };
              const caption = { ...WRITTEN, language: request.language, ...answer };
              return { status: "written", model: "gpt-test", caption };
            },
          },
    publisher: createScriptedPublisher(),
    previews: { preview: async () => null },
    links: { link: () => null, path: (key) => `/${key}` },
    messages,
    signer: {
      sign: (purpose, text) => createHash("sha256").update(`${purpose} ${text}`).digest("hex"),
      verify: () => true,
    },
    signals: work.signals,
    clock: work.clock,
    ids: work.ids,
    log: silentLog,
    platforms: ["discord"],
    holder: "desk",
    messenger: () => messenger,
    callbackUrl: () => null,
  });
  await stores.accounts.sync(
    user.id,
    "prf_1",
    networks.map((network) => ({
      externalId: `ext-${network}`,
      network,
      name: `@${network}${nameEnd}`,
      health: "fine" as const,
    })),
    () => `acc_${unique()}`,
    engine.now(),
  );
  await stores.users.resolve(user.identity, { name: "Ada", locale }, user.id, engine.now());
  const picture: NewAsset = {
    id: `gen_${unique()}`,
    receipts: ["K7Q", "K7R", "K7S"],
    handle: "handle0000000001",
    seed: 7,
    references: [],
    ledgerId: `led_${unique()}`,
  };
  await stores.generation.order(newOrder(user, 1, { now: engine.now(), assets: [picture] }));
  await engine.pass(60_000);

  /** Sends what is owed until nothing is. */
  async function deliverAll(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      const owed = await stores.deliveries.due("discord", engine.now(), 100);
      if (owed.length === 0) return;
      for (const { head } of owed) await deliver(head, messenger);
    }
    throw new Error("there is always something owed");
  }

  async function say(intent: Intent, identity = user.identity): Promise<Answer> {
    return core.conversation.handle({
      key: unique("key"),
      actor: {
        identity,
        platform: "discord",
        name: "Ada",
        locale,
        isBot: false,
        isChatIdentity: false,
        context: "private",
        managesCommunity: false,
        governsCommunity: false,
      },
      target: { platform: "discord", chatKey: "discord:1", place: { channel: "1" }, private: false },
      intent,
      receivedAt: engine.now(),
    });
  }

  async function replyTo(intent: Intent): Promise<Reply> {
    const answer = await say(intent);
    if (answer.status !== "reply" && answer.status !== "replace") throw new Error(JSON.stringify(answer));
    return answer.reply;
  }

  const asset = await engine.asset(picture.id);
  const dataOf = (card: Reply, label: string): string => {
    const button = card.buttons?.flat().find((one) => one.label.replace("✓ ", "").startsWith(label));
    if (!button || !("data" in button)) throw new Error(`no button ${label} in ${JSON.stringify(card)}`);
    return button.data;
  };

  return {
    core,
    engine,
    stores,
    user,
    asset,
    /** What the model was asked, in order. */
    requests,
    /** What went to the chat, in order. */
    sent,
    deliverAll,
    /** Lets results have their captions, and sends what is owed because of it. */
    async autoCaption(): Promise<void> {
      await autoCaptions.tick();
      for (let round = 0; (await stores.captions.latest(asset.id)) === null; round += 1) {
        if (round > 100) throw new Error("no caption was written");
        await new Promise(setImmediate);
      }
      await new Promise(setImmediate);
      await deliverAll();
    },
    say,
    press: (card: Reply, label: string) => replyTo({ kind: "button", data: dataOf(card, label) }),
    pressData: (data: string) => say({ kind: "button", data }),
    pressedBy: (identity: Identity, data: string) => say({ kind: "button", data }, identity),
    fill: (card: Reply, label: string, text: string) =>
      replyTo({ kind: "form", data: dataOf(card, label), text }),
    command: (name: string, given: Record<string, string> = {}) =>
      replyTo({ kind: "command", name, options: given }),
    dataOf,
    close: () => engine.close(),
  };
}

export type ChatDesk = Awaited<ReturnType<typeof openChatDesk>>;

export function labelsOf(card: Reply): readonly string[] {
  return card.buttons?.flat().map(({ label }) => label) ?? [];
}

export function wordsOf({ text }: Reply): string {
  return text.filter((part) => typeof part === "string").join("");
}
