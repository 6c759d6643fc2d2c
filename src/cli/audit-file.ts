import { closeSync, openSync, writeSync } from "node:fs";
import { InputError } from "../view/input-error.ts";

/** A file that an audit log goes to. */
export interface AuditFile {
  readonly write: (line: string) => void;
  close(): void;
}

/**
 * Opens a file to append to, which only this user can read: it says who did what. A line is in the file before its request
 * is answered. @throws {InputError} when it cannot be written to
 */
export function openAuditLog(file: string): AuditFile {
  let descriptor: number;
  try {
    descriptor = openSync(file, "a", 0o600);
  } catch (error) {
    throw new InputError({ file }, `cannot be written to: ${(error as Error).message}`, { cause: error });
  }
  let isOpen = true;
  return {
    write(line) {
      // Connections that break when the lab ends have their last words after it.
      if (isOpen) writeSync(descriptor, `${line}\n`);
    },
    close() {
      isOpen = false;
      closeSync(descriptor);
    },
  };
}
