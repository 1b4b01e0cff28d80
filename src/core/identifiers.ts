/**
 * Our own ids are prefixed and opaque; a platform's id always carries its platform (`discord:123`,
 * `telegram:-100456`). Template types keep one kind from being passed for another.
 */
export type UserId = `usr_${string}`;
export type AssetId = `gen_${string}`;
export type BatchId = `bat_${string}`;
export type AttemptId = `att_${string}`;
export type DeliveryId = `dlv_${string}`;

/** The folder name of a bot: `discord`, `telegram`, `studio`. Core never asks which one it is. */
export type Platform = string;

/** A person on a platform: `discord:123`. */
export type Identity = `${string}:${string}`;

/** A chat in whose order messages are sent: `telegram:-100456`, `discord:987`. */
export type ChatKey = `${string}:${string}`;

const IDENTITY = /^([a-z][a-z0-9-]*):([^\s:][^\s]*)$/;

/** `("discord", "123")` as `discord:123`. */
export function identity(platform: Platform, externalId: string): Identity {
  return `${platform}:${externalId}`;
}

/** The two parts of `discord:123`, or null for anything else. */
export function parseIdentity(text: string): { platform: Platform; externalId: string } | null {
  const match = IDENTITY.exec(text);
  return match?.[1] && match[2] ? { platform: match[1], externalId: match[2] } : null;
}

export function isAssetId(text: string): text is AssetId {
  return /^gen_[0-9A-Za-z]{1,64}$/.test(text);
}
