import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputError } from "../view/input-error.ts";

/**
 * Looks whether a file can be written, before work begins whose result would be lost otherwise. Writes nothing.
 * @throws {InputError} that says what is in the way
 */
export function checkWritable(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory())
    throw new InputError({ file }, "is a folder; expected the name of a file to write");
  const folder = dirname(resolve(file));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError({ file }, `cannot be written: there is no folder ${folder}; make it first`);
  }
  try {
    accessSync(found === undefined ? folder : file, constants.W_OK);
  } catch (error) {
    throw new InputError({ file }, `cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws {InputError} when the disk or the folder does not take the file */
export function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError({ file }, `cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
