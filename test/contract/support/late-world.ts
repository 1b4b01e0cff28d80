import { late } from "../../../src/providers/late/index.ts";
import {
  startZernioEmulator,
  type ZernioEmulator,
  type ZernioEmulatorOptions,
  type ZernioFault,
} from "../../emulators/zernio/index.ts";
import { countingIds, silentLog } from "./adapter-dependencies.ts";
import type { PublisherDisturbance, PublisherWorld } from "./publisher-scene.ts";
import { realClock } from "./real-clock.ts";

export const SECRET = "sk_that-must-not-show";
export const WEBHOOK_SECRET = "whsec_that-must-not-show";

const FAULTS: Readonly<Record<PublisherDisturbance, Omit<ZernioFault, "on">>> = {
  busy: { status: 429, headers: { "retry-after": "7" } },
  "refuses the key": { status: 401 },
  "wants money": { status: 402, body: { error: "Pay first", code: "PAYMENT_REQUIRED" } },
  "HTML instead of an answer": { html: 502 },
  "an error of its own": { status: 500 },
  "answer lost after processing": { cut: true, after: true },
  "connection cut before processing": { cut: true },
  "half an answer": { truncate: true },
  "an endless answer": { hugeBytes: 2_000_000 },
  "no answer": { hang: true },
};

/** The publisher as the application gets it: from the module, by settings alone. */
export function publisherAt(apiUrl: string, now: () => number, webhookSecret = WEBHOOK_SECRET) {
  const settings = { LATE_API_KEY: SECRET, LATE_API_URL: apiUrl, LATE_WEBHOOK_SECRET: webhookSecret };
  const clock = { ...realClock, now };
  const provider = late.load(settings)?.({ clock, ids: countingIds(), log: silentLog });
  if (!provider?.publisher) throw new Error("late has no publisher with these settings");
  return { publisher: provider.publisher, close: async () => provider.close?.() };
}

export interface LateWorld extends PublisherWorld {
  readonly zernio: ZernioEmulator;
}

export async function lateWorld(options: ZernioEmulatorOptions = {}): Promise<LateWorld> {
  const zernio = await startZernioEmulator({ keys: [SECRET], clock: "manual", ...options });
  const { publisher, close } = publisherAt(zernio.apiUrl, zernio.now);
  return {
    zernio,
    publisher,
    secret: SECRET,
    now: zernio.now,
    advance: zernio.advance,
    addAccount: (profileId, network, name) => zernio.addAccount(profileId, network, name).id,
    setHealth: (id, health) =>
      zernio.setAccount(id, { needsReconnection: health === "reconnect", enabled: health !== "off" }),
    disturb: (on, disturbance) =>
      zernio.fault({ on: on === "find" ? "list" : on === "upload" ? "presign" : on, ...FAULTS[disturbance] }),
    failNext: () => zernio.script({ outcome: "failed" }),
    setPublishMs: (publishMs) => zernio.setDefaults({ publishMs }),
    goAway: zernio.pause,
    seen: () =>
      zernio.publications.map(({ easelPostId, media, ...one }) => ({
        ...one,
        postId: easelPostId,
        bytes: media.map(({ bytes }) => bytes),
      })),
    creates: () => zernio.requests.filter(({ call }) => call === "create").length,
    async openLink(url, person) {
      zernio.signIn({ username: person });
      const answer = await fetch(url, { redirect: "manual" });
      await answer.body?.cancel();
      if (answer.status !== 302) throw new Error(`the link answers ${answer.status}`);
    },
    violations: () => [
      ...zernio.violations,
      ...zernio.errors,
      ...zernio.doubles(),
      ...zernio.afterCancel(),
      ...zernio.tooEarly(),
      ...zernio.pastSchedules,
    ],
    async close() {
      await close();
      await zernio.close();
    },
  };
}
