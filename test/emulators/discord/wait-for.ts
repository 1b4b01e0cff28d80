import type { EventEmitter } from "node:events";

/** Resolves with the first value that is neither undefined nor false, read after every change. */
export type WaitFor = <Value>(read: () => Value | undefined | false, timeoutMs?: number) => Promise<Value>;

/** `describe` is what a failed wait shows. */
export function createWaitFor(events: EventEmitter, describe: () => string): WaitFor {
  return (read, timeoutMs = 5000) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        events.off("changed", look);
      };
      const look = (): void => {
        try {
          const value = read();
          if (value === undefined || value === false) return;
          stop();
          resolve(value);
        } catch (error) {
          stop();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`waited ${timeoutMs} ms in vain; now:\n${describe()}`));
      }, timeoutMs);
      events.on("changed", look);
      look();
    });
}
