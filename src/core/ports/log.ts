/** Facts of an event: `component`, `platform`, `user`, `generationId`, `provider`, `attempt`, `durationMs`, `code`, `err` … */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * One line an event: a fixed message, the data in fields. Prompts, secrets and links never go in; the writer
 * scrubs the serialised line as a second net.
 */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  child(fields: LogFields): Log;
}
