import { late } from "../../src/providers/late/index.ts";
import { createIds } from "../../src/system.ts";
import { startZernioEmulator, type ZernioFault } from "../emulators/zernio/index.ts";
import { silentLog } from "./databases.ts";
import {
  type Fault,
  type HistoryService,
  type Publication,
  type ServiceCall,
  type ServiceRules,
  WEBHOOK_SECRET,
} from "./history-service.ts";

const KEY = "sk_of_histories";

/** An effect that comes after the caller has gone would cost real time here: `late` is half an answer. */
const DISTURBANCES: Readonly<Record<Fault, Omit<ZernioFault, "on">>> = {
  before: { cut: true },
  after: { cut: true, after: true },
  late: { truncate: true },
  busy: { status: 429, headers: { "retry-after": "7" } },
  refused: { status: 422 },
};
const ROUTES = { find: "list", upload: "presign" } as const;

/** Zernio's stand-in with its wire, behind the client that the application uses. */
export async function startEmulatorService(now: () => number, rules: ServiceRules): Promise<HistoryService> {
  const zernio = await startZernioEmulator({
    keys: [KEY],
    clock: now(),
    postsPerHour: rules.perHour,
    apiPerMinute: 1_000_000,
    shapes: {
      keepsCancelled: !rules.forgets,
      flatDuplicates: rules.comparesContent,
      plainReplays: rules.honoursKeys,
      acceptsRunning: rules.comparesContent,
      idsAsText: rules.honoursKeys,
    },
    // Nobody listens: the events are kept, and brought by the history.
    webhook: { url: "http://127.0.0.1:9/" },
  });
  zernio.webhookTrouble({ lose: Number.POSITIVE_INFINITY });
  zernio.setDefaults({ publishMs: rules.publishMs });
  const clock = { now, monotonicMs: () => performance.now(), sleep: () => Promise.resolve() };
  const settings = { LATE_API_KEY: KEY, LATE_API_URL: zernio.apiUrl, LATE_WEBHOOK_SECRET: WEBHOOK_SECRET };
  const provider = late.load(settings)?.({ clock, ids: createIds(Buffer.from("test")), log: silentLog });
  if (!provider?.publisher) throw new Error("there is no publisher with these settings");
  const { publisher } = provider;
  const hits: Record<string, number> = {};
  const refused = new Set<string>();

  function publications(): Publication[] {
    return zernio.publications.map(
      ({ easelPostId, accountId, text, altTexts, media, isAiGenerated, at }) => ({
        postId: easelPostId,
        externalAccountId: accountId,
        text,
        altText: altTexts.join(),
        file: media.map(({ bytes }) => bytes.toString("utf8")).join(),
        isAiGenerated,
        at,
      }),
    );
  }

  /** From what it answered, and from what its networks did. */
  function refusals(): ReadonlySet<string> {
    for (const { call, status, bodyText } of zernio.requests)
      if (call === "create" && status !== null && status >= 400 && ![409, 429].includes(status))
        refused.add(/"easelPostId":"(\w+)"/.exec(bodyText)?.[1] ?? "");
    for (const { event, body } of zernio.events)
      if (event === "post.failed") refused.add(/"easelPostId":"(\w+)"/.exec(body)?.[1] ?? "");
    return refused;
  }

  return {
    publisher,
    get publications() {
      return publications();
    },
    get refused() {
      return refusals();
    },
    events: zernio.events,
    hits,
    fault(call: ServiceCall, fault: Fault) {
      hits[`arranged ${call} ${fault}`] = (hits[`arranged ${call} ${fault}`] ?? 0) + 1;
      zernio.fault({
        on: call === "find" || call === "upload" ? ROUTES[call] : call,
        ...DISTURBANCES[fault],
      });
    },
    refuseNext: () => zernio.script({ outcome: "failed" }),
    signIn({ profileId, network, name }) {
      const username = name.slice(1);
      const known = [...zernio.accounts.values()].some(
        (one) => one.profileId === profileId && one.username === username,
      );
      if (!known) zernio.addAccount(profileId, network, username);
    },
    clearFaults() {
      zernio.clearFaults();
    },
    settle: () => zernio.advance(now() - zernio.now()),
    wrong: () => [
      ...zernio.doubles().map(({ easelPostId }) => `${easelPostId} is public twice`),
      // One that was taken back to be handed over anew is another post there.
      ...zernio
        .afterCancel()
        .filter(({ postId }) => zernio.cancellations.some((gone) => gone.postId === postId))
        .map(({ easelPostId }) => `${easelPostId} became public after its cancel`),
      ...zernio.tooEarly().map(({ easelPostId }) => `${easelPostId} became public early`),
      ...zernio.pastSchedules.map((id) => `${id} was for a time in the past`),
      ...zernio.violations.map(({ where, problem }) => `${where}: ${problem}`),
      ...zernio.errors.map(String),
    ],
    async close() {
      await provider.close?.();
      await zernio.close();
    },
  };
}
