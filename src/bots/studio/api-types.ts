import type { ApiPost } from "./post-types.ts";

/** The shapes of the page's HTTP API, shared by the server and the page. All moments are ISO 8601 in UTC. */

export interface ApiAsset {
  readonly id: string;
  readonly provider: string;
  readonly type: "image" | "video";
  /** Empty once deleted. */
  readonly prompt: string;
  readonly status: "processing" | "ready" | "error";
  /** On this origin, signed, the same for hours; with `ready`. */
  readonly resultUrl?: string;
  /** With `error`. */
  readonly errorMessage?: string;
  readonly createdAt: string;

  readonly receipt: string;
  readonly batchId: string;
  readonly providerLabel: string;
  readonly aspect: string;
  readonly style: string | null;
  /** What is going on in one sentence; with `processing`. */
  readonly statusText?: string;
  /** 0 to 1 where the provider tells. */
  readonly progress: number | null;
  readonly favourite: boolean;
  /** Stopped by its owner rather than failed. */
  readonly cancelled: boolean;
  readonly downloadUrl?: string;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  /** The provider that was asked for, where another one took over. */
  readonly requestedProviderLabel?: string;
  /** What should be known of it: that another provider took over, that it was drawn here and by no model. */
  readonly note?: string;
  /** Our copies of what it is made from: pictures in order, a mask last. */
  readonly references: readonly ApiAssetReference[];
}

export interface ApiAssetReference {
  /** On this origin, signed. */
  readonly url: string;
  readonly role: "picture" | "mask";
}

/** A file that was handed in for a request that follows within a day. */
export interface ApiUpload {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Our copy of it, on this origin, signed. */
  readonly url: string;
}

export interface ApiAssetPage {
  readonly assets: readonly ApiAsset[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

export interface ApiProvider {
  readonly id: string;
  readonly label: string;
  readonly type: "image" | "video";
  readonly aspects: readonly string[];
  readonly takesReference: boolean;
  readonly maxReferences: number;
  readonly takesMask: boolean;
  /** Whether work is sent to it at the moment; if not, another one makes what it is asked for. */
  readonly isUp: boolean;
  /** `resting`: it was not there and is tried again soon; `set-aside`: its operator has to act. */
  readonly state: "up" | "resting" | "set-aside";
  /** What is left at the provider, in its own unit; admins only, and null where it does not tell. */
  readonly credits?: number | null;
  readonly isSketch: boolean;
  /** How long it usually takes. */
  readonly typicalSeconds: number;
}

export interface ApiQuota {
  readonly used: number;
  /** Null: unlimited. */
  readonly limit: number | null;
  readonly grants: number;
  /** Bonus included; null: as many as wanted. */
  readonly left: number | null;
  readonly resetsAt: string;
}

export interface ApiOptions {
  /** The beginning of this page's `Idempotency-Key`s; the page counts on from it. */
  readonly requestKey: string;
  readonly member: { readonly name: string; readonly signedIn: boolean };
  /** In graphemes; `editMinimum` where a picture is worked from. */
  readonly prompt: { readonly minimum: number; readonly editMinimum: number; readonly maximum: number };
  readonly maximumCount: number;
  /** The largest file that may be uploaded. */
  readonly uploadBytes: number;
  /** By preference: the first of a type is the instance's standard. */
  readonly providers: readonly ApiProvider[];
  readonly styles: readonly string[];
  /** The member's own defaults. */
  readonly defaults: {
    readonly type: "image" | "video";
    readonly imageProvider: string | null;
    readonly videoProvider: string | null;
    readonly aspect: string | null;
    readonly style: string | null;
  };
  readonly quota: ApiQuota;
  readonly captions: {
    /** Whether a model writes them here; else they are templates. */
    readonly isWritten: boolean;
    /** To choose from, the member's own first. */
    readonly languages: readonly ApiLanguage[];
  };
}

export interface ApiLanguage {
  /** BCP 47. */
  readonly tag: string;
  readonly name: string;
}

export interface ApiProblem {
  readonly path: string;
  readonly message: string;
}

/** The nearest request that would be possible, with a 400. */
export interface ApiNearest {
  readonly type: "image" | "video";
  readonly provider: string;
  /** The provider's name for people. */
  readonly label: string;
  readonly aspect: string;
  readonly style: string | null;
  readonly count: number;
  /** False: the references would have to go. */
  readonly keepsReferences: boolean;
}

/** What deleting a result means. */
export interface ApiRemoval {
  /** Posts of it that still go out; their file stays until then. */
  readonly posts: number;
}

/** Events of `GET /api/ai/events`, by name. */
export interface ApiEvents {
  readonly asset: ApiAsset;
  /** A post of the member's, new or changed. */
  readonly post: ApiPost;
  /** It was deleted. */
  readonly gone: { readonly id: string };
  readonly notice: { readonly title: string; readonly text: string };
}
