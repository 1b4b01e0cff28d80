import { composeCaption, resultCaption } from "../captions/caption.ts";
import { writeButtonData } from "../conversation/actions.ts";
import type { Button, LinkButton, Reply, Text } from "../conversation/text.ts";
import { isFinal, type MediaAsset } from "../generation/asset.ts";
import { fitsReferences, type Offers } from "../generation/offers.ts";
import { lines, type Messages } from "../messages/messages.ts";
import type { MediaForm } from "../ports/messenger.ts";
import type { Stores } from "../ports/stores.ts";
import { unitsLeft } from "../usage/allowance.ts";
import type { Members } from "../usage/members.ts";
import type { User } from "../usage/user.ts";

export interface TellDependencies {
  readonly messages: Messages;
  readonly offers: Offers;
  readonly members: Members;
  readonly stores: Pick<Stores, "generation" | "captions">;
}

/** The words and buttons of everything the outbox sends. */
export interface Tellings {
  status(user: User, batch: readonly MediaAsset[], show: { readonly itemButtons: boolean }): Promise<Reply>;
  result(user: User, asset: MediaAsset, form: MediaForm, link: string | null): Promise<Reply>;
  failure(user: User, asset: MediaAsset): Promise<Reply>;
  resumed(user: User, batch: readonly MediaAsset[]): Reply;
  original(user: User, asset: MediaAsset, form: MediaForm, link: string | null): Reply;
  /** "3 of 10 left this month, resets 1 December." */
  allowance(user: User): Promise<Text>;
  /** One asset as a receipt: state, facts, and what can be done with it. */
  receipt(user: User, asset: MediaAsset): Promise<Reply>;
  languageOf(user: User): string;
  providerLabel(asset: MediaAsset): string;
}

export function createTellings(dependencies: TellDependencies): Tellings {
  const { messages, offers, members, stores } = dependencies;

  const languageOf = (user: User): string => messages.choose(user.settings.language, user.locale);
  const modelOf = (asset: MediaAsset) => offers.find(asset.provider, asset.kind);
  const providerLabel = (asset: MediaAsset): string => modelOf(asset)?.label ?? asset.provider;

  async function allowance(user: User): Promise<Text> {
    const { balance, resetsAt } = await members.balance(user);
    const language = languageOf(user);
    const resets = { at: resetsAt, style: "date" } as const;
    if (balance.limit === null) return messages.text(language, "allowance-unlimited", { used: balance.used });
    const left = unitsLeft(balance) ?? 0;
    const args = { left, limit: balance.limit, grants: balance.grants, resets };
    return messages.text(language, balance.grants > 0 ? "allowance-with-bonus" : "allowance", args);
  }

  function button(
    language: string,
    id: string,
    data: string,
    style: Button["style"] = "secondary",
    args = {},
  ): Button {
    return { label: messages.line(language, id, args), data, style };
  }

  function actionButtons(language: string, asset: MediaAsset): Button[] {
    const star = asset.favourite ? "button-unfavourite" : "button-favourite";
    return [
      button(language, "button-again", writeButtonData("again", asset.handle), "primary"),
      button(language, "button-original", writeButtonData("original", asset.handle)),
      button(language, star, writeButtonData("favourite", asset.handle, asset.favourite ? "off" : "on")),
      button(language, "button-delete", writeButtonData("delete", asset.handle), "danger"),
    ];
  }

  /** Everything that can be done with a result: what makes a new one first, then what keeps this one. */
  function resultRows(language: string, asset: MediaAsset): Button[][] {
    const [again, original, ...keeping] = actionButtons(language, asset);
    const one = [{ role: "picture" }] as const;
    const isOffered = (kind: "image" | "video") =>
      asset.kind === "image" && offers.ofKind(kind).some((model) => fitsReferences(model, one));
    const making = [
      ...(isOffered("image") ? [button(language, "button-edit", writeButtonData("edit", asset.handle))] : []),
      ...(isOffered("video")
        ? [button(language, "button-animate", writeButtonData("animate", asset.handle))]
        : []),
    ];
    const posting = [
      button(language, "button-caption", writeButtonData("caption", asset.handle)),
      button(language, "button-post", writeButtonData("post", asset.handle)),
      button(language, "button-plan", writeButtonData("plan", asset.handle)),
    ];
    const first = [again, original].filter((each) => each !== undefined);
    return [posting, [...first, ...making], keeping];
  }

  /** That somebody else made it, or makes it now, than was asked for; null: nobody else. */
  function instead(language: string, asset: MediaAsset, sentence: string): Text | null {
    if (asset.requestedProvider === asset.provider) return null;
    const asked = offers.find(asset.requestedProvider, asset.kind)?.label ?? asset.requestedProvider;
    return messages.text(language, sentence, { asked, provider: providerLabel(asset) });
  }

  async function stateLine(language: string, asset: MediaAsset): Promise<Text> {
    const model = modelOf(asset);
    const usually = Math.max(1, Math.round((model?.typicalMs ?? 60_000) / 1000));
    switch (asset.state) {
      case "queued":
      case "preparing":
        if (asset.dueAt === null) return messages.text(language, "state-waiting-turn");
        if (asset.attempts > 0)
          return messages.text(language, "state-again", { attempt: asset.attempts + 1 });
        if (asset.tried.length > 0) return instead(language, asset, "state-instead") ?? [];
        if (model && !offers.isUp(model))
          return messages.text(language, "state-resting", { provider: providerLabel(asset) });
        return messages.text(language, "state-queued", {
          ahead: await stores.generation.aheadOf(asset),
          usually,
        });
      case "submitting":
      case "submitted":
      case "unknown":
        return asset.progress === null
          ? messages.text(language, "state-generating", { usually })
          : messages.text(language, "state-generating-percent", {
              percent: Math.round(asset.progress * 100),
            });
      case "storing":
        return messages.text(language, "state-storing");
      case "ready":
        return messages.text(language, "state-ready", { seconds: secondsTaken(asset) });
      case "failed":
      case "expired":
        return messages.text(language, `reason-${asset.endReason ?? "provider-failed"}`);
      case "cancelled":
        return messages.text(language, "state-cancelled");
    }
  }

  function linkRow(language: string, link: string | null): LinkButton[] {
    return link === null ? [] : [{ label: messages.line(language, "button-open-original"), url: link }];
  }

  function formNote(language: string, form: MediaForm, link: string | null): Text | null {
    if (form === "preview") return messages.text(language, link ? "note-preview" : "note-preview-no-link");
    if (form === "link") return messages.text(language, link ? "note-link" : "note-no-link");
    return null;
  }

  return {
    languageOf,
    providerLabel,
    allowance,

    async status(user, batch, { itemButtons }) {
      const language = languageOf(user);
      const [first] = batch;
      if (!first) return { text: [], private: false };
      const title = messages.line(language, "status-title", {
        kind: first.kind,
        count: batch.length,
        provider: providerLabel(first),
      });
      const finished = batch.every((asset) => isFinal(asset.state));
      const states = await Promise.all(
        batch.map(async (asset) => {
          const state = await stateLine(language, asset);
          return batch.length === 1 ? state : [`${asset.batchIndex + 1}. `, ...state];
        }),
      );
      const receipts = batch.map((asset) => asset.receipt).join(", ");
      const text = lines(
        ...states,
        await allowance(user),
        messages.text(language, "status-receipt", { receipts, count: batch.length }),
      );
      const buttons: Button[][] = [];
      if (finished && itemButtons) {
        for (const asset of batch.filter((one) => one.state === "ready")) {
          buttons.push(
            actionButtons(language, asset).map((each) => ({
              ...each,
              label: `${asset.batchIndex + 1} ${each.label}`,
            })),
          );
        }
      }
      const open = batch.filter((asset) => !isFinal(asset.state));
      if (open.length > 0) {
        buttons.push(
          open.map((asset) =>
            button(
              language,
              batch.length === 1 ? "button-cancel" : "button-cancel-number",
              writeButtonData("cancel", asset.handle),
              "danger",
              { number: asset.batchIndex + 1 },
            ),
          ),
        );
      }
      return { title, text, quote: first.prompt, buttons, private: first.private };
    },

    async result(user, asset, form, link) {
      const language = languageOf(user);
      const model = modelOf(asset);
      const title = messages.line(language, "result-title", {
        kind: asset.kind,
        provider: providerLabel(asset),
      });
      const facts = messages.text(language, "result-facts", {
        seconds: secondsTaken(asset),
        receipt: asset.receipt,
        number: asset.batchIndex + 1,
        count: asset.batchCount,
      });
      const late = asset.endReason === null ? null : messages.text(language, "result-late");
      const sketch = model?.sketch ? messages.text(language, "result-sketch") : null;
      const other = instead(language, asset, "result-instead");
      const caption = await resultCaption(stores.captions, asset.id);
      const text = lines(
        caption === null ? null : [`${composeCaption(caption)}\n`],
        caption?.model === "template" ? messages.text(language, "result-template") : null,
        facts,
        other,
        sketch,
        late,
        formNote(language, form, link),
        await allowance(user),
      );
      const buttons = [...resultRows(language, asset), ...(link === null ? [] : [linkRow(language, link)])];
      return { title, text, quote: asset.prompt, buttons, private: asset.private };
    },

    async failure(user, asset) {
      const language = languageOf(user);
      const reason = asset.endReason ?? "provider-failed";
      const text = lines(
        messages.text(language, `reason-${reason}`),
        messages.text(language, "refunded"),
        await allowance(user),
        messages.text(language, `next-${nextStep(reason)}`),
      );
      const again = button(language, "button-again", writeButtonData("again", asset.handle), "primary");
      return {
        title: messages.line(language, "failure-title", { receipt: asset.receipt, kind: asset.kind }),
        text,
        quote: asset.prompt,
        buttons: [[again]],
        private: asset.private,
      };
    },

    resumed(user, batch) {
      const language = languageOf(user);
      const open = batch.filter((asset) => !isFinal(asset.state)).length;
      return {
        text: messages.text(language, "resumed", { count: open }),
        private: batch.some((asset) => asset.private),
      };
    },

    original(user, asset, form, link) {
      const language = languageOf(user);
      const facts = messages.text(language, "original-facts", { receipt: asset.receipt });
      return {
        text: lines(facts, formNote(language, form, link)),
        ...(link === null ? {} : { buttons: [linkRow(language, link)] }),
        private: asset.private,
      };
    },

    async receipt(user, asset) {
      const language = languageOf(user);
      const facts = messages.text(language, "receipt-facts", {
        kind: asset.kind,
        provider: providerLabel(asset),
        when: { at: asset.createdAt, style: "time" },
      });
      const state = await stateLine(language, asset);
      const back =
        isFinal(asset.state) && asset.state !== "ready" ? messages.text(language, "refunded") : null;
      const buttons =
        asset.state === "ready"
          ? resultRows(language, asset)
          : isFinal(asset.state)
            ? [[button(language, "button-again", writeButtonData("again", asset.handle), "primary")]]
            : [[button(language, "button-cancel", writeButtonData("cancel", asset.handle), "danger")]];
      return {
        title: asset.receipt,
        text: lines(state, back, facts),
        quote: asset.prompt,
        buttons,
        private: true,
      };
    },
  };
}

function secondsTaken(asset: MediaAsset): number {
  return Math.max(1, Math.round(((asset.endedAt ?? asset.createdAt) - asset.createdAt) / 1000));
}

/** What helps: other words, another try, or patience. */
function nextStep(reason: string): "reword" | "retry" | "later" {
  if (reason === "content-refused" || reason === "input-refused") return "reword";
  return reason === "provider-unavailable" ? "later" : "retry";
}
