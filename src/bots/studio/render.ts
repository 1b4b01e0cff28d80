import { captionLanguages, languageName } from "../../core/captions/languages.ts";
import { plainText } from "../../core/conversation/text.ts";
import type { Core } from "../../core/core.ts";
import { MAXIMUM_COUNT } from "../../core/core-config.ts";
import type { AskProblem, AskResult, Nearest } from "../../core/generation/ask.ts";
import { type MediaAsset, publicStatus } from "../../core/generation/asset.ts";
import { EDIT_PROMPT_MINIMUM, PROMPT_MAXIMUM, PROMPT_MINIMUM } from "../../core/generation/prompt.ts";
import { STYLE_NAMES } from "../../core/generation/styles.ts";
import type { GeneratorModel } from "../../core/ports/generator.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { MediaLinks, StoredReference } from "../../core/ports/media.ts";
import { unitsLeft } from "../../core/usage/allowance.ts";
import type { User } from "../../core/usage/user.ts";
import type {
  ApiAsset,
  ApiNearest,
  ApiOptions,
  ApiProblem,
  ApiProvider,
  ApiQuota,
  ApiUpload,
} from "./api-types.ts";
import type { Visitor } from "./inbound.ts";
import { UPLOAD_BYTES } from "./limits.ts";

/** What an answer of the API says, before it is a response. */
export interface Answer {
  readonly status: 200 | 201 | 400 | 403 | 409 | 429;
  readonly body: Readonly<Record<string, unknown>>;
}

type Refusal = Exclude<AskResult, { readonly status: "started" | "duplicate" }>;

/** Turns what core says into what the page reads. */
export interface Renderer {
  asset(user: User, asset: MediaAsset): Promise<ApiAsset>;
  /** The first asset as the body, with the whole batch where there is more than one. */
  started(user: User, assets: readonly MediaAsset[], status: 200 | 201): Promise<Answer>;
  refused(user: User, result: Refusal): Answer;
  problem(user: User, problem: AskProblem): ApiProblem;
  options(visitor: Visitor): Promise<ApiOptions>;
  upload(id: string, reference: StoredReference): ApiUpload;
  /** A sentence of the catalogue in the member's language. */
  line(user: User, id: string): string;
}

export function createRenderer(dependencies: {
  readonly core: Core;
  readonly links: Pick<MediaLinks, "path">;
  readonly ids: Pick<Ids, "token">;
}): Renderer {
  const { core, links, ids } = dependencies;
  const { messages, offers, tell, members } = core;

  const line = (user: User, id: string, args: Readonly<Record<string, string | number>> = {}) =>
    messages.line(tell.languageOf(user), id, args);

  const day = (user: User, at: number) =>
    plainText([{ at, style: "date" }], tell.languageOf(user), user.settings.zone ?? "UTC");

  /** Of a receipt the first line says how it stands, the second (for what failed) that the unit is back. */
  async function standing(user: User, asset: MediaAsset): Promise<string[]> {
    const receipt = await tell.receipt(user, asset);
    return plainText(receipt.text, tell.languageOf(user), user.settings.zone ?? "UTC").split("\n");
  }

  /** What was started this moment has nothing to look up: the answer must not wait for the length of a queue. */
  function startingText(user: User, asset: MediaAsset): string {
    const usually = Math.max(
      1,
      Math.round((offers.find(asset.provider, asset.kind)?.typicalMs ?? 60_000) / 1000),
    );
    return asset.dueAt === null
      ? line(user, "state-waiting-turn")
      : line(user, "state-queued", { ahead: 0, usually });
  }

  /** Where the provider that was asked for was given up: who it was, and a sentence that says so. */
  function takenOver(
    user: User,
    asset: MediaAsset,
  ): { readonly requestedProviderLabel?: string; readonly note?: string } {
    if (asset.requestedProvider === asset.provider) return {};
    const asked = offers.find(asset.requestedProvider, asset.kind)?.label ?? asset.requestedProvider;
    const provider = tell.providerLabel(asset);
    return { requestedProviderLabel: asked, note: line(user, "result-instead", { asked, provider }) };
  }

  function provider(model: GeneratorModel, isAdmin: boolean): ApiProvider {
    const health = core.health.states().find(({ id, kind }) => id === model.id && kind === model.kind);
    const state = health?.state ?? "up";
    return {
      id: model.id,
      label: model.label,
      type: model.kind,
      aspects: model.aspects,
      takesReference: model.maxReferences > 0,
      maxReferences: model.maxReferences,
      takesMask: model.takesMask,
      isUp: state === "up",
      state,
      isSketch: model.sketch,
      typicalSeconds: Math.max(1, Math.round(model.typicalMs / 1000)),
      ...(isAdmin ? { credits: health?.credits ?? null } : {}),
    };
  }

  async function renderAsset(user: User, asset: MediaAsset, isNew = false): Promise<ApiAsset> {
    const status = publicStatus(asset.state);
    const { media } = asset;
    const common = {
      id: asset.id,
      provider: asset.provider,
      type: asset.kind,
      prompt: asset.prompt,
      status,
      createdAt: new Date(asset.createdAt).toISOString(),
      receipt: asset.receipt,
      batchId: asset.batchId,
      providerLabel: tell.providerLabel(asset),
      aspect: asset.aspect,
      style: asset.style,
      progress: status === "processing" ? asset.progress : null,
      favourite: asset.favourite,
      cancelled: asset.state === "cancelled",
      references: asset.references.map(({ key, role }) => ({ url: links.path(key), role })),
      ...takenOver(user, asset),
    };
    if (status === "processing") {
      const statusText = isNew ? startingText(user, asset) : ((await standing(user, asset))[0] ?? "");
      return { ...common, statusText };
    }
    if (status === "error") {
      const [why = "", back = ""] = await standing(user, asset);
      return { ...common, errorMessage: asset.state === "cancelled" ? why : `${why} ${back}`.trim() };
    }
    if (!media) return common;
    const isSketch = offers.find(asset.provider, asset.kind)?.sketch ?? false;
    const notes = [common.note, isSketch ? line(user, "result-sketch") : undefined];
    const note = notes.filter((one) => one !== undefined).join(" ");
    const resultUrl = links.path(media.key);
    return {
      ...common,
      resultUrl,
      downloadUrl: `${resultUrl}&download=1`,
      width: media.width,
      height: media.height,
      ...(media.durationMs === null ? {} : { durationMs: media.durationMs }),
      ...(note === "" ? {} : { note }),
    };
  }

  const problem = (user: User, { field, message, args }: AskProblem): ApiProblem => ({
    path: field,
    message: line(user, message, args),
  });

  async function quota(user: User): Promise<ApiQuota> {
    const { balance, resetsAt } = await members.balance(user);
    return { ...balance, left: unitsLeft(balance), resetsAt: new Date(resetsAt).toISOString() };
  }

  return {
    asset: (user, asset) => renderAsset(user, asset),
    problem,
    line: (user, id) => line(user, id),

    async started(user, assets, status) {
      const rendered = await Promise.all(assets.map((asset) => renderAsset(user, asset, status === 201)));
      const [first] = rendered;
      const batch = rendered.length > 1 ? { assets: rendered } : {};
      return { status, body: { ...first, ...batch } };
    },

    refused(user, result) {
      switch (result.status) {
        case "invalid":
          return {
            status: 400,
            body: {
              error: "Invalid input",
              details: result.problems.map((each) => problem(user, each)),
              nearest: result.nearest === null ? null : nearestOf(result.nearest),
            },
          };
        case "nothing-offered": {
          const message = line(user, "nothing-offered", { kind: result.kind });
          return {
            status: 400,
            body: { error: "Invalid input", details: [{ path: "type", message }], nearest: null },
          };
        }
        case "limit": {
          const left = unitsLeft(result.balance) ?? 0;
          const limit = result.balance.limit ?? 0;
          const sentences = [
            line(user, "limit-left", { left, limit, wanted: result.wanted }),
            line(user, "limit-resets", { resets: day(user, result.resetsAt) }),
            line(user, "limit-more"),
          ];
          return {
            status: 403,
            body: {
              error: "Monthly media generation limit reached",
              message: sentences.join(" "),
              limit: result.balance.limit,
              left,
              resetsAt: new Date(result.resetsAt).toISOString(),
            },
          };
        }
        case "daily-cap": {
          const message = line(user, "daily-cap", { resets: day(user, result.resetsAt) });
          return { status: 429, body: { error: "Daily limit reached", message } };
        }
        case "banned":
          return { status: 403, body: { error: "Not allowed", message: line(user, "banned") } };
      }
    },

    upload: (id, { key, width, height }) => ({ id, width, height, url: links.path(key) }),

    async options({ user, actor, signedIn }) {
      const { settings } = user;
      const isAdmin = members.isAdmin(actor.identity);
      return {
        requestKey: ids.token(),
        member: { name: user.name, signedIn },
        prompt: { minimum: PROMPT_MINIMUM, editMinimum: EDIT_PROMPT_MINIMUM, maximum: PROMPT_MAXIMUM },
        maximumCount: MAXIMUM_COUNT,
        uploadBytes: UPLOAD_BYTES,
        providers: offers.models.map((model) => provider(model, isAdmin)),
        styles: STYLE_NAMES,
        defaults: {
          type: settings.kind ?? "image",
          imageProvider: settings.imageProvider,
          videoProvider: settings.videoProvider,
          aspect: settings.aspect,
          style: settings.style,
        },
        quota: await quota(user),
        captions: {
          isWritten: core.captioning.isWritten,
          languages: captionLanguages(user).map((tag) => ({
            tag,
            name: languageName(tag, tell.languageOf(user)),
          })),
        },
      };
    },
  };
}

function nearestOf({ kind, ...rest }: Nearest): ApiNearest {
  return { type: kind, ...rest };
}
