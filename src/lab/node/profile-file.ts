import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { InputError } from "../../view/input-error.ts";
import type { ProfileFile, WorkloadProfile } from "./profile.ts";

/**
 * Reads what a user says about workloads and images.
 * @throws {InputError} when the file cannot be read, or a field is unknown or of the wrong form
 */
export function readProfile(file: string): ProfileFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError({ file }, `cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return parseProfile(text, file);
}

/** Like `readProfile`, for text that is at hand; `file` is what errors call it. */
export function parseProfile(text: string, file: string): ProfileFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new InputError(
      { file, line: lines.linePos(problem.pos[0]).line },
      `is not valid YAML: ${problem.message}`,
    );
  }
  const lineOf = (path: readonly string[]) => {
    const range = (document.getIn(path, true) as { range?: readonly number[] } | undefined)?.range;
    return range?.[0] === undefined ? undefined : lines.linePos(range[0]).line;
  };
  const refuse = (path: readonly string[], why: string): never => {
    const line = lineOf(path);
    throw new InputError({ file, field: path.join("."), ...(line === undefined ? {} : { line }) }, why);
  };
  const content: unknown = document.toJS() ?? {};
  if (!isMapping(content)) return refuse([], "expected a mapping with workloads and images");
  for (const [section, entries] of Object.entries(content)) {
    if (!SECTIONS.includes(section)) refuse([section], `is unknown; expected ${SECTIONS.join(" or ")}`);
    if (!isMapping(entries))
      return refuse([section], "expected a mapping from names to what is known about them");
    for (const [name, profile] of Object.entries(entries)) {
      if (!isMapping(profile)) return refuse([section, name], "expected a mapping");
      for (const [field, value] of Object.entries(profile)) {
        const expected = EXPECTED[field as keyof WorkloadProfile];
        if (expected === undefined) {
          refuse([section, name, field], `is unknown; expected one of ${Object.keys(EXPECTED).join(", ")}`);
        } else if (!expected.holds(value)) {
          refuse([section, name, field], `is ${JSON.stringify(value)}; expected ${expected.form}`);
        }
      }
    }
  }
  return content as ProfileFile;
}

const SECTIONS = ["workloads", "images"];

interface Expectation {
  readonly form: string;
  readonly holds: (value: unknown) => boolean;
}

const SECONDS: Expectation = {
  form: "a number of seconds, 0 or more",
  holds: (value) => typeof value === "number" && value >= 0 && Number.isFinite(value),
};
const RANGE: Expectation = {
  form: "two numbers of seconds, the smaller first, e.g. [1, 3]",
  holds: (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every(SECONDS.holds) &&
    Number(value[0]) <= Number(value[1]),
};
const TRUTH: Expectation = { form: "true or false", holds: (value) => typeof value === "boolean" };
const NAMES: Expectation = {
  form: 'a list of Services with ports, e.g. ["postgres:5432"]',
  holds: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === "string" && /^[^:]+:[^:]+$/.test(item)),
};

function oneOf(...allowed: readonly string[]): Expectation {
  return { form: `one of ${allowed.join(", ")}`, holds: (value) => allowed.includes(value as string) };
}

/** One row for every field of a profile: a field that is missing here does not compile. */
const EXPECTED: Readonly<Record<keyof Required<WorkloadProfile>, Expectation>> = {
  startSeconds: RANGE,
  stopSeconds: SECONDS,
  servesWhileStopping: TRUTH,
  sticky: TRUTH,
  sessions: oneOf("memory", "cookie", "store"),
  role: oneOf("web", "database", "cache", "queue"),
  needs: NAMES,
  pullSeconds: RANGE,
  readinessChecksNeeds: TRUTH,
  runSeconds: SECONDS,
  exitCode: {
    form: "a whole number from 0 to 255",
    holds: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255,
  },
  unavailable: TRUTH,
};

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
