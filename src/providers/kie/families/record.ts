import type { PollResult } from "../../../core/ports/generator.ts";
import { taskFailure } from "../errors.ts";
import { type KieRecord, recordSchema } from "../schema.ts";
import { done, isSharpening, type KieTask, pending, readTask } from "./family.ts";

type Phase = "running" | "success" | "failed";

/** `status` (4o) and `successFlag` say the same; either may be missing, and what is unknown still runs. */
function phaseOf(record: KieRecord): Phase {
  const { status, successFlag } = record;
  const flag = successFlag ?? 0;
  if (status?.endsWith("FAILED") || flag >= 2) {
    return isSharpening(record.errorCode, record.errorMessage) ? "running" : "failed";
  }
  return status === "SUCCESS" || flag === 1 ? "success" : "running";
}

function resultOf(record: KieRecord): PollResult {
  switch (phaseOf(record)) {
    case "failed":
      return { status: "failed", failure: taskFailure(record.errorCode, record.errorMessage ?? "") };
    case "success":
      return done(record.response?.urls ?? []);
    case "running":
      return pending(record.progress);
  }
}

/** One look at a task of the older families, which share the shape of their record. `then` may ask for more. */
export async function pollRecord(
  task: KieTask,
  path: string,
  then: (record: KieRecord, result: PollResult) => Promise<PollResult> | PollResult = (_record, result) =>
    result,
): Promise<PollResult> {
  const read = await readTask(task, path);
  if ("result" in read) return read.result;
  const record = recordSchema.safeParse(read.data);
  if (!record.success) return { status: "unreadable", detail: "kie record" };
  return then(record.data, resultOf(record.data));
}
