import type {
  ApiAccount,
  ApiAccounts,
  ApiCaption,
  ApiFit,
  ApiFix,
  ApiMoment,
  ApiPost,
  ApiPostPage,
  ApiPostProblem,
  ApiPreflight,
  ApiTimes,
  ApiVariants,
} from "../post-types.ts";
import { amount, amountOrNull, type Fields, fieldsOf, kind, list, text, textOrNull, word } from "./read.ts";

const FITS: readonly ApiFit[] = ["as-is", "crop", "pad", "blur", "smaller"];
const FIXES: readonly ApiFix["kind"][] = [...FITS, "story", "shorter-text", "fewer-hashtags"];

/** Reads what the server sent of captions and posts; something else is a mistake of ours and throws. */
function oneOf<Name extends string>(fields: Fields, name: string, names: readonly Name[]): Name {
  const found = names.find((one) => one === fields[name]);
  if (found === undefined) throw new TypeError(`no such ${name}`);
  return found;
}

export function readCaption(value: unknown): ApiCaption {
  const fields = fieldsOf(value);
  const metadata = fieldsOf(fields["metadata"]);
  return {
    success: true,
    caption: text(fields, "caption"),
    ...noteOf(fields),
    metadata: {
      model: text(metadata, "model"),
      language: text(metadata, "language"),
      hashtags: list(metadata["hashtags"], word),
      altText: text(metadata, "altText"),
      template: metadata["template"] === true,
    },
  };
}

export function readVariants(value: unknown): ApiVariants {
  const fields = fieldsOf(value);
  const texts = Object.entries(fieldsOf(fields["texts"])).map(([network, words]): [string, string] => [
    network,
    word(words),
  ]);
  return {
    success: true,
    texts: Object.fromEntries(texts),
    unwritten: list(fields["unwritten"], word),
    ...noteOf(fields),
  };
}

const noteOf = (fields: Fields): { note?: string } => {
  const note = word(fields["note"]);
  return note === "" ? {} : { note };
};

function readAccount(value: unknown): ApiAccount {
  const fields = fieldsOf(value);
  return {
    id: text(fields, "id"),
    network: text(fields, "network"),
    networkLabel: text(fields, "networkLabel"),
    name: text(fields, "name"),
    health: oneOf(fields, "health", ["fine", "reconnect", "off"]),
    isOwn: fields["isOwn"] === true,
    postsAhead: amount(fields, "postsAhead"),
  };
}

export function readAccounts(value: unknown): ApiAccounts {
  const fields = fieldsOf(value);
  return {
    isSetUp: fields["isSetUp"] === true,
    accounts: list(fields["accounts"], readAccount),
    networks: list(fields["networks"], (item) => {
      const one = fieldsOf(item);
      return { id: text(one, "id"), label: text(one, "label") };
    }),
    message: textOrNull(fields, "message"),
  };
}

function readFix(value: unknown): ApiFix {
  const fields = fieldsOf(value);
  const words = textOrNull(fields, "text");
  return {
    kind: oneOf(fields, "kind", FIXES),
    label: text(fields, "label"),
    ...(typeof fields["story"] === "boolean" ? { story: fields["story"] } : {}),
    ...(words === null ? {} : { text: words }),
    ...(typeof fields["network"] === "string" ? { network: fields["network"] } : {}),
  };
}

function readProblem(value: unknown): ApiPostProblem {
  const fields = fieldsOf(value);
  return {
    code: text(fields, "code"),
    network: text(fields, "network"),
    message: text(fields, "message"),
    fixes: list(fields["fixes"], readFix),
  };
}

function readMoment(value: unknown): ApiMoment {
  const fields = fieldsOf(value);
  return { at: text(fields, "at"), label: text(fields, "label") };
}

const momentOrNull = (value: unknown): ApiMoment | null => (value === null ? null : readMoment(value));

export function readTimes(value: unknown): ApiTimes {
  const fields = fieldsOf(value);
  return {
    zone: text(fields, "zone"),
    scheduledAt: momentOrNull(fields["scheduledAt"]),
    timeNote: textOrNull(fields, "timeNote"),
    isTimeRefused: fields["isTimeRefused"] === true,
    readings: list(fields["readings"], readMoment),
    quickTimes: list(fields["quickTimes"], (item) => ({
      ...readMoment(item),
      name: text(fieldsOf(item), "name"),
    })),
  };
}

export function readPreflight(value: unknown): ApiPreflight {
  const fields = fieldsOf(value);
  const preview = fieldsOf(fields["preview"]);
  return {
    ...readTimes(value),
    isReady: fields["isReady"] === true,
    problems: list(fields["problems"], readProblem),
    fit: oneOf(fields, "fit", FITS),
    story: fields["story"] === true,
    preview: {
      url: text(preview, "url"),
      type: kind(preview["type"]),
      width: amount(preview, "width"),
      height: amount(preview, "height"),
      altText: text(preview, "altText"),
    },
    texts: list(fields["texts"], (item) => {
      const one = fieldsOf(item);
      return {
        accountId: text(one, "accountId"),
        account: text(one, "account"),
        network: text(one, "network"),
        networkLabel: text(one, "networkLabel"),
        text: text(one, "text"),
        characters: amount(one, "characters"),
        limit: amount(one, "limit"),
        hashtags: amount(one, "hashtags"),
        hashtagLimit: amountOrNull(one, "hashtagLimit"),
      };
    }),
  };
}

function readChange(value: unknown): ApiPost["changeAsked"] {
  const fields = fieldsOf(value);
  return { text: textOrNull(fields, "text"), scheduledAt: momentOrNull(fields["scheduledAt"]) };
}

export function readPost(value: unknown): ApiPost {
  const fields = fieldsOf(value);
  const can = fieldsOf(fields["can"]);
  return {
    id: text(fields, "id"),
    group: text(fields, "group"),
    mediaId: text(fields, "mediaId"),
    type: kind(fields["type"]),
    mediaUrl: text(fields, "mediaUrl"),
    altText: text(fields, "altText"),
    accountId: text(fields, "accountId"),
    network: text(fields, "network"),
    networkLabel: text(fields, "networkLabel"),
    account: text(fields, "account"),
    text: text(fields, "text"),
    story: fields["story"] === true,
    state: text(fields, "state"),
    stateText: text(fields, "stateText"),
    scheduledAt: momentOrNull(fields["scheduledAt"]),
    zone: text(fields, "zone"),
    listedAt: text(fields, "listedAt"),
    listedLabel: text(fields, "listedLabel"),
    changeAsked: fields["changeAsked"] === null ? null : readChange(fields["changeAsked"]),
    publicUrl: textOrNull(fields, "publicUrl"),
    failureText: textOrNull(fields, "failureText"),
    failureWhy: textOrNull(fields, "failureWhy"),
    can: {
      cancel: can["cancel"] === true,
      move: can["move"] === true,
      edit: can["edit"] === true,
      retry: can["retry"] === true,
    },
  };
}

export const readPosts = (value: unknown): readonly ApiPost[] => list(fieldsOf(value)["posts"], readPost);

export function readPostPage(value: unknown): ApiPostPage {
  const fields = fieldsOf(value);
  return {
    posts: readPosts(value),
    now: text(fields, "now"),
    zone: textOrNull(fields, "zone"),
    page: amount(fields, "page"),
    pages: amount(fields, "pages"),
    total: amount(fields, "total"),
  };
}
