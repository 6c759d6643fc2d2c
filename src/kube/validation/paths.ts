import type { FieldErrors } from "./field-errors.ts";

/** A path without ".."; whether it is one. Told of only where `errors` is given. */
export function checkNoBacksteps(errors: FieldErrors | undefined, target: string, path: string): boolean {
  if (!target.split("/").includes("..")) return true;
  errors?.invalid(path, target, "must not contain '..'");
  return false;
}

/** A path that stays below where it starts. */
export function checkDescendingPath(errors: FieldErrors, target: string, path: string): void {
  if (target.startsWith("/")) errors.invalid(path, target, "must be a relative path");
  checkNoBacksteps(errors, target, path);
}

/** A path of a file in a volume: names that start with ".." are the kubelet's own. */
export function checkFilePath(errors: FieldErrors, target: string, path: string): void {
  checkDescendingPath(errors, target, path);
  if (target.startsWith("..") && !target.startsWith("../")) {
    errors.invalid(path, target, "must not start with '..'");
  }
}

/** The permissions of a file. */
export function checkFileMode(errors: FieldErrors, mode: number | undefined, path: string): void {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return;
  errors.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
}
