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
  /** That it was drawn here and by no model; with `ready`. */
  readonly note?: string;
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
  readonly prompt: { readonly minimum: number; readonly maximum: number };
  readonly maximumCount: number;
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
}

export interface ApiProblem {
  readonly path: string;
  readonly message: string;
}

/** Events of `GET /api/ai/events`, by name. */
export interface ApiEvents {
  readonly asset: ApiAsset;
  /** It was deleted. */
  readonly gone: { readonly id: string };
  readonly notice: { readonly title: string; readonly text: string };
}
