/** Semantic versions (semver.org, 2.0) as blang/semver reads and orders them. */
export interface SemanticVersion {
  readonly numbers: readonly [bigint, bigint, bigint];
  /** What stands after the dash, by dots. */
  readonly prerelease: readonly string[];
}

/** Why a text is no version, in blang/semver's words. */
export function versionProblem(text: string): string | undefined {
  if (text === "") return "Version string empty";
  const parts = text.split(".");
  if (parts.length < 3) return "No Major.Minor.Patch elements found";
  const [major = "", minor = ""] = parts;
  const { patch, prerelease, build } = splitPatch(parts.slice(2).join("."));
  for (const [name, number] of [
    ["Major", major],
    ["Minor", minor],
    ["Patch", patch],
  ] as const) {
    if (!/^\d+$/.test(number))
      return `Invalid character(s) found in ${name.toLowerCase()} number "${number}"`;
    if (/^0\d/.test(number)) return `${name} number must not contain leading zeroes "${number}"`;
  }
  return prereleaseProblem(prerelease) ?? buildProblem(build);
}

function splitPatch(rest: string) {
  const [head = "", ...build] = rest.split("+");
  const [patch = "", ...prerelease] = head.split("-");
  return {
    patch,
    prerelease: prerelease.length === 0 ? undefined : prerelease.join("-").split("."),
    build: build.length === 0 ? undefined : build.join("+").split("."),
  };
}

function prereleaseProblem(parts: readonly string[] | undefined): string | undefined {
  for (const part of parts ?? []) {
    if (part === "") return "Prerelease is empty";
    if (/^0\d+$/.test(part)) return `Numeric PreRelease version must not contain leading zeroes "${part}"`;
    if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in prerelease "${part}"`;
  }
  return undefined;
}

function buildProblem(parts: readonly string[] | undefined): string | undefined {
  for (const part of parts ?? []) {
    if (part === "") return "Build meta data is empty";
    if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in build meta data "${part}"`;
  }
  return undefined;
}

/** The version that a text spells. */
export function parseVersion(text: string): SemanticVersion {
  const [major = "0", minor = "0", ...rest] = text.split(".");
  const { patch, prerelease = [] } = splitPatch(rest.join("."));
  return { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], prerelease };
}

/** A text that leaves things out, or begins with v or zeroes, as a regular one. */
export function normalVersion(text: string): string {
  const [major = "", minor, ...rest] = text.replace(/^v/, "").split(".");
  const parts = [major, minor, rest.length === 0 ? undefined : rest.join(".")].filter(
    (part) => part !== undefined,
  );
  const bare = parts.map((part) =>
    part.length > 1 ? part.replace(/^0+(?=.)/, "").replace(/^(?!\d)/, "0") : part,
  );
  if (bare.length < 3 && /[+-]/.test(bare.at(-1) ?? "")) return text;
  while (bare.length < 3) bare.push("0");
  return bare.join(".");
}

/** -1, 0 or 1; what was built how does not count. */
export function compareVersions(one: SemanticVersion, other: SemanticVersion): number {
  for (let i = 0; i < 3; i++) {
    const order = compareParts(one.numbers[i] as bigint, other.numbers[i] as bigint);
    if (order !== 0) return order;
  }
  if (one.prerelease.length === 0 || other.prerelease.length === 0) {
    return Math.sign(other.prerelease.length - one.prerelease.length);
  }
  const length = Math.min(one.prerelease.length, other.prerelease.length);
  for (let i = 0; i < length; i++) {
    const order = comparePrerelease(one.prerelease[i] as string, other.prerelease[i] as string);
    if (order !== 0) return order;
  }
  return Math.sign(one.prerelease.length - other.prerelease.length);
}

/** Numbers go before words. */
function comparePrerelease(one: string, other: string): number {
  const [isNumber, isOther] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber && isOther) return compareParts(BigInt(one), BigInt(other));
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  return compareParts(one, other);
}

function compareParts<T extends bigint | string>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
