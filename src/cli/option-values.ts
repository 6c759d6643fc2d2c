/** What options may be, each as a reader for the command line: it takes a word or says what it expects. */
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../base/duration.ts";

/** Milliseconds. */
export function duration(text: string): number {
  const read = parseDuration(text);
  if (read.ok && read.value >= 0) return read.value;
  throw new InvalidArgumentError("Expected a duration such as 90s, 5m or 1h30m.");
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

export function oneOf<T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((value) => value === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Expected one of ${allowed.join(", ")}.`);
  };
}
