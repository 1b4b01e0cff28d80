import type { PollResult } from "../../../core/ports/generator.ts";
import { taskFailure } from "../errors.ts";
import { jobSchema, type KieJob } from "../schema.ts";
import { commonFreshLink, done, type KieFamily, pending, readTask } from "./family.ts";

/** A state that is neither end still runs, also one that nobody documented. */
function resultOf(job: KieJob): PollResult {
  if (job.state === "success") return done(job.resultJson?.length ? job.resultJson : (job.response ?? []));
  if (job.state === "fail")
    return { status: "failed", failure: taskFailure(job.failCode, job.failMsg ?? "") };
  return pending(job.progress);
}

/** KIE's jobs API, one for all models of its market. Source: docs.kie.ai/market, recorded traffic of 2026-04. */
export const jobs: KieFamily = {
  createPath: "/api/v1/jobs/createTask",
  async poll(task) {
    const read = await readTask(task, "/api/v1/jobs/recordInfo");
    if ("result" in read) return read.result;
    const job = jobSchema.safeParse(read.data);
    return job.success ? resultOf(job.data) : { status: "unreadable", detail: "kie record" };
  },
  freshLink: commonFreshLink,
};
