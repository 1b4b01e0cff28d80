import { AppError } from "../../core/errors.ts";
import { defineModule } from "../../core/ports/module.ts";
import type { Bot, BotDependencies, BotModule } from "../module.ts";
import { callSignal, createApi } from "./api.ts";
import { createCalls } from "./calls.ts";
import { createCards } from "./cards.ts";
import { createChangeCard } from "./change-card.ts";
import { createCommandMenus } from "./commands.ts";
import { type TelegramSettings, telegramEnvironment } from "./config.ts";
import { failureFields, readFailure } from "./errors.ts";
import { createReader, type Me } from "./inbound.ts";
import { createIntake } from "./intake.ts";
import { createPictureOpener } from "./open-picture.ts";
import { createMessenger } from "./outbound.ts";
import { createPatientEdits } from "./patient-edits.ts";
import { createPoller } from "./poller.ts";
import { createPoster } from "./post.ts";
import { createPresses } from "./presses.ts";
import { createRights } from "./rights.ts";
import { startLink } from "./start-link.ts";
import { ALLOWED_UPDATES } from "./updates.ts";
import { createWebhookMount, WEBHOOK_PREFIX } from "./webhook.ts";

const RECONNECT_MS = 5_000;

export const telegram: BotModule = defineModule({
  id: "telegram",
  env: telegramEnvironment,
  turnedOnBy: "TELEGRAM_BOT_TOKEN",
  isOn: ({ TELEGRAM_BOT_TOKEN }) => TELEGRAM_BOT_TOKEN !== undefined,
  create: createTelegramBot,
});

function createTelegramBot(settings: TelegramSettings, deps: BotDependencies): Bot {
  const token = settings.TELEGRAM_BOT_TOKEN;
  if (token === undefined) throw new AppError("INTERNAL", "TELEGRAM_BOT_TOKEN is missing");
  const { core, clock, ids } = deps;
  const { conversation } = core;
  const log = deps.log.child({ component: "telegram", platform: "telegram" });
  const api = createApi(token, settings.TELEGRAM_API_URL);
  const poster = createPoster({ log, monotonicMs: () => clock.monotonicMs() });
  let known: Me | null = null;
  const me = (): Me => {
    if (known === null) throw new AppError("STORE_UNAVAILABLE", "not connected to Telegram yet");
    return known;
  };
  const stopping = new AbortController();
  const outright = createCalls(api, poster);
  const calls = { ...outright, ...createPatientEdits(outright, clock, stopping.signal) };
  const cards = createCards();
  const pictures = createPictureOpener({ api, token, apiUrl: settings.TELEGRAM_API_URL, log });
  const menus = createCommandMenus({ api, conversation, notes: deps.notes, me, ids, log });
  let state = { up: false, detail: "not connected yet" };

  const intake = createIntake({
    reader: createReader({ me, commands: conversation.commands }),
    conversation,
    inbox: deps.inbox,
    presses: createPresses({
      api,
      calls,
      cards,
      changeCard: createChangeCard({ calls, cards, media: deps.media, log }),
      members: core.members,
      languages: conversation.languages,
      clock,
      log,
    }),
    rightsOf: createRights({ api, clock, log }),
    migrated: (from, to) => poster.migrate(from, to),
    met({ actor, place }) {
      if (!place.group && core.members.isAdmin(actor.identity)) void menus.registerAdmin(place.chatId);
    },
    signals: deps.signals,
    clock,
    ids,
    log,
  });
  const poller = createPoller({
    api,
    take: (updates) => intake.take(updates),
    report: (next) => {
      state = next;
    },
    random: () => ids.random(),
    clock,
    log,
  });

  const webhookSecret = settings.TELEGRAM_WEBHOOK_SECRET;
  const { publicUrl } = deps.web;
  const webhook =
    webhookSecret === undefined || publicUrl === null
      ? null
      : {
          secret: webhookSecret,
          publicUrl,
          path: `${WEBHOOK_PREFIX}/${ids.digest(`webhook:${token.reveal()}`).slice(0, 32)}`,
        };
  let running: Promise<void> = Promise.resolve();

  /** Everything that needs an answer of the server before updates can come. */
  async function connect(): Promise<void> {
    known = await api.getMe(callSignal(stopping.signal));
    await intake.resume();
    if (webhook === null) {
      try {
        await api.deleteWebhook({ drop_pending_updates: false }, callSignal(stopping.signal));
      } catch (error) {
        // A local Bot API server may not have it; where a webhook does stand, the poller reports the conflict.
        if (readFailure(error).kind !== "refused") throw error;
        log.warn("the webhook could not be taken away", failureFields(error));
      }
      return;
    }
    await api.setWebhook(
      {
        url: `${webhook.publicUrl}${webhook.path}`,
        secret_token: webhook.secret.reveal(),
        allowed_updates: [...ALLOWED_UPDATES],
        max_connections: 40,
      },
      callSignal(stopping.signal),
    );
  }

  function connected(): void {
    state = { up: true, detail: webhook === null ? "polling" : "webhook" };
    log.info("connected", { mode: state.detail });
    running = Promise.all([menus.register(), webhook === null ? poller.run() : null]).then(() => undefined);
  }

  async function keepConnecting(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(RECONNECT_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await connect();
        connected();
        return;
      } catch (error) {
        log.warn("no connection", failureFields(error));
      }
    }
  }

  return {
    messenger: createMessenger({
      api,
      poster,
      cards,
      clock,
      startFirst: (language, opens) => ({
        text: [conversation.line(language, opens === undefined ? "private-first" : "private-first-opens")],
        ...(known === null
          ? {}
          : {
              buttons: [
                [
                  {
                    label: conversation.line(language, "button-start-private"),
                    url: startLink(known.username, opens),
                  },
                ],
              ],
            }),
        private: false,
      }),
      placeholder: (asksFor, language) =>
        conversation.form(asksFor, language)?.placeholder ?? conversation.line(language, "option-prompt"),
      openPicture: pictures.open,
    }),
    async start() {
      try {
        await connect();
        connected();
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (readFailure(error).kind === "unauthorized")
          throw new AppError("PLATFORM_REJECTED", "Telegram does not accept TELEGRAM_BOT_TOKEN");
        log.warn("no connection", failureFields(error));
        state = { up: false, detail: "no connection yet" };
        running = keepConnecting();
      }
    },
    async stop() {
      stopping.abort();
      poller.stop();
      await running;
      await intake.stop();
      await pictures.close();
      state = { up: false, detail: "stopped" };
    },
    ...(webhook === null
      ? {}
      : {
          mounts: [
            createWebhookMount({
              path: webhook.path,
              secret: webhook.secret,
              take: (updates) => intake.take(updates),
              log,
            }),
          ],
        }),
    health: () => state,
  };
}
