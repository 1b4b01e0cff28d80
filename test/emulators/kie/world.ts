import { createProblems, isRefused, referencesOf } from "./check-request.ts";
import { phaseOf, type RecordAnswer, recordOf } from "./records.ts";
import { extensionOf } from "./results.ts";
import type {
  KieCall,
  KieCreate,
  KieCreateRequest,
  KieFamily,
  KieFault,
  KieMatch,
  KieScript,
  KieTask,
  KieViolation,
} from "./types.ts";

export interface KieWorldOptions {
  now: () => number;
  rng: () => number;
  /** Keys that are accepted; without it any key is. */
  keys?: readonly string[];
  /** Balance of every key. */
  credits: number;
  cost: Record<KieFamily, number>;
  /** Creates a key in 10 s; more answer 429 and are not queued. */
  createsPer10s: number;
  /** Status reads a key in a second. */
  statusReadsPerSecond: number;
  /** Whether a link leads to a file that lies here. */
  hosts: (url: string) => boolean;
}

export const LINK_LIFE_MS = 20 * 60_000;
const RECORD_LIFE_MS = 14 * 24 * 3_600_000;

function matches(match: KieMatch | undefined, request: KieCreateRequest): boolean {
  if (!match) return true;
  if (match.family !== undefined && match.family !== request.family) return false;
  if (match.model !== undefined && match.model !== request.model) return false;
  if (match.key !== undefined && match.key !== request.key) return false;
  if (typeof match.prompt === "string") return request.prompt.includes(match.prompt);
  return match.prompt === undefined || match.prompt.test(request.prompt);
}

function promptOf(family: KieFamily, body: Readonly<Record<string, unknown>>): string {
  const input = family === "jobs" ? body["input"] : body;
  const prompt: unknown =
    typeof input === "object" && input !== null ? Reflect.get(input, "prompt") : undefined;
  return typeof prompt === "string" ? prompt : "";
}

/** Counts events a key within a sliding window. */
function createWindow(limit: number, windowMs: number): (key: string, now: number) => boolean {
  const seen = new Map<string, number[]>();
  return (key, now) => {
    const recent = (seen.get(key) ?? []).filter((at) => now - at < windowMs);
    seen.set(key, recent);
    if (recent.length >= limit) return false;
    recent.push(now);
    return true;
  };
}

/** The rules and the state of the service, without HTTP. */
export function createKieWorld(options: KieWorldOptions) {
  const { now } = options;
  const tasks = new Map<string, KieTask>();
  const creates: KieCreate[] = [];
  const violations: KieViolation[] = [];
  const foreignReferences: string[] = [];
  const scripts: { script: KieScript; left: number }[] = [];
  const faults: { fault: KieFault; left: number }[] = [];
  const balances = new Map<string, number>();
  const defaults: KieScript = {};
  const mayCreate = createWindow(options.createsPer10s, 10_000);
  const mayRead = createWindow(options.statusReadsPerSecond, 1_000);

  const violate = (route: string, problem: string): void => {
    violations.push({ route, problem });
  };
  const describe = (family: KieFamily, key: string, body: Record<string, unknown>): KieCreateRequest => ({
    family,
    model: typeof body["model"] === "string" ? body["model"] : undefined,
    prompt: promptOf(family, body),
    key,
    body,
  });
  const scriptFor = (request: KieCreateRequest): KieScript => {
    const fits = (entry: { script: KieScript; left: number }): boolean =>
      entry.left > 0 && matches(entry.script.match, request);
    const counted = scripts.find((entry) => entry.left !== Infinity && fits(entry));
    const chosen = counted ?? scripts.findLast((entry) => entry.left === Infinity && fits(entry));
    if (!chosen) return { ...defaults };
    chosen.left -= 1;
    return { ...defaults, ...chosen.script };
  };
  const newTaskId = (): string => {
    const digits = Array.from({ length: 24 }, () => Math.floor(options.rng() * 16).toString(16));
    return `task_${digits.join("")}${tasks.size}`;
  };
  const links = (task: KieTask): string[] =>
    Array.from({ length: task.script.results ?? 1 }, (_, index) => linkPath("results", task, index));

  return {
    tasks,
    creates,
    violations,
    foreignReferences,
    violate,
    describe,
    isKnownKey: (key: string): boolean => key !== "" && (options.keys?.includes(key) ?? true),
    balanceOf: (key: string): number => balances.get(key) ?? options.credits,
    setBalance: (key: string, credits: number): void => void balances.set(key, credits),
    mayRead: (key: string): boolean => mayRead(key, now()),
    addScript: (script: KieScript): void =>
      void scripts.push({ script, left: script.times ?? Number.POSITIVE_INFINITY }),
    setDefaults: (script: KieScript): void => void Object.assign(defaults, script),
    addFault: (fault: KieFault): void => void faults.push({ fault, left: fault.times ?? 1 }),
    /** Uses up one disturbance for the call, if one is due. */
    takeFault(call: KieCall, request: KieCreateRequest | undefined): KieFault | undefined {
      const due = faults.find(
        ({ fault, left }) =>
          left > 0 && fault.on === call && (!fault.match || (request && matches(fault.match, request))),
      );
      if (!due) return undefined;
      due.left -= 1;
      return due.fault;
    },
    /** A create from end to end; the entry in `creates` says what became of it. */
    create(request: KieCreateRequest): { entry: KieCreate; answer: RecordAnswer } {
      const { family, key, body } = request;
      const references = referencesOf(body);
      const entry: KieCreate = {
        ...request,
        references,
        at: now(),
        accepted: false,
        answered: false,
        code: null,
        taskId: null,
      };
      creates.push(entry);
      const refuse = (code: number, msg: string) => ({ entry, answer: { code, msg, data: null } });
      if (!mayCreate(key, now()))
        return refuse(429, "The call frequency is too high. Please try again later.");
      const problems = createProblems(family, body);
      for (const problem of problems) violate(`create ${family}`, problem);
      if (isRefused(problems)) return refuse(422, problems.join("; "));
      const foreign = references.filter((url) => !options.hosts(url));
      foreignReferences.push(...foreign);
      if (foreign.length > 0) return refuse(451, "Failed to download the image from the URL");
      const cost = options.cost[family];
      const balance = balances.get(key) ?? options.credits;
      if (balance < cost)
        return refuse(402, "Credits insufficient: your current balance is not enough to run this request.");
      balances.set(key, balance - cost);
      const task: KieTask = {
        ...request,
        taskId: newTaskId(),
        createdAt: now(),
        script: scriptFor(request),
        cost,
        callbacksSent: 0,
        upgradeAt: null,
      };
      tasks.set(task.taskId, task);
      entry.accepted = true;
      entry.taskId = task.taskId;
      const data =
        family === "jobs" ? { taskId: task.taskId, recordId: task.taskId } : { taskId: task.taskId };
      return { entry, answer: { code: 200, msg: "success", data } };
    },
    /** A status read, by the family whose route was asked. */
    record(family: KieFamily, key: string, taskId: string, origin: string): RecordAnswer {
      const task = tasks.get(taskId);
      const hidden = task !== undefined && now() - task.createdAt < (task.script.invisibleMs ?? 0);
      if (!task || hidden || task.key !== key) {
        const asNull = task?.script.invisibleAs ?? (family === "jobs" ? "422" : "null-data");
        return asNull === "null-data"
          ? { code: 200, msg: "success", data: null }
          : { code: 422, msg: "recordInfo is null", data: null };
      }
      if (task.family !== family) return { code: 422, msg: "record is null", data: null };
      if (now() - task.createdAt > RECORD_LIFE_MS)
        return { code: 422, msg: "Temporarily supports records within 14 days", data: null };
      return recordOf(task, now(), task.script.resultUrls ?? links(task).map((path) => origin + path));
    },
    /** Fresh links for a hosted one; undefined where the URL is not ours or cannot be renewed. */
    renewed(url: string): string | undefined {
      const file = fileOf(new URL(url, "http://emulator").pathname);
      const task = file && tasks.get(file.taskId);
      if (!task || task.script.linksCanBeRenewed === false || phaseOf(task, now()).phase !== "success")
        return undefined;
      return `${linkPath("fresh", task, file.index)}?expires=${now() + LINK_LIFE_MS}`;
    },
    links,
  };
}

export type KieWorld = ReturnType<typeof createKieWorld>;

function linkPath(folder: string, task: KieTask, index: number): string {
  return `/${folder}/${task.taskId}/${index}.${extensionOf(task)}`;
}

/** The task and index that a result path names. */
export function fileOf(path: string): { folder: string; taskId: string; index: number } | undefined {
  const [, folder, taskId, index] = /^\/(results|fresh|hd)\/([^/]+)\/(\d+)\./.exec(path) ?? [];
  return folder && taskId && index ? { folder, taskId, index: Number(index) } : undefined;
}
