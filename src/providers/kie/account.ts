import type { ProbeResult } from "../../core/ports/generator.ts";
import type { KieClient } from "./client.ts";
import { probeFailure } from "./errors.ts";
import { KIE_MODELS } from "./models.ts";
import { creditSchema } from "./schema.ts";

/** What the cheapest thing that members can choose costs. */
const CHEAPEST = Math.min(...KIE_MODELS.map(({ credits }) => credits ?? Number.POSITIVE_INFINITY));

/** How many credits are left; it costs none. */
export async function probeAccount(client: KieClient, signal: AbortSignal): Promise<ProbeResult> {
  const answer = await client.get("/api/v1/chat/credit", {}, signal);
  if (answer.kind !== "code" || answer.code !== 200) return { status: "down", failure: probeFailure(answer) };
  const credits = creditSchema.safeParse(answer.data);
  if (!credits.success) {
    const detail = "kie credits unreadable";
    return {
      status: "down",
      failure: { kind: "transient", code: "PROVIDER_BAD_ANSWER", serviceDown: true, detail },
    };
  }
  return { status: "up", credits: credits.data, fewCredits: credits.data < CHEAPEST };
}
