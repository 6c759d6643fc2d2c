/**
 * The forms that names may have, each answering with the sentences of apimachinery's util/validation for what is wrong:
 * none for a name that is well formed. Patterns have no nested repetition over the same characters, so that none can be slow.
 */

import { labelKeyProblems, labelValueProblems } from "../label-syntax.ts";

const LABEL_FORMAT = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const LABEL = new RegExp(`^${LABEL_FORMAT}$`);
const LABEL_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_FORMAT = `${LABEL_FORMAT}(\\.${LABEL_FORMAT})*`;
const SUBDOMAIN = new RegExp(`^${SUBDOMAIN_FORMAT}$`);
const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const WILDCARD_FORMAT = `\\*\\.${SUBDOMAIN_FORMAT}`;
const WILDCARD_MESSAGE =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
const DNS_1035_FORMAT = "[a-z]([-a-z0-9]*[a-z0-9])?";
const DNS_1035 = new RegExp(`^${DNS_1035_FORMAT}$`);
const DNS_1035_MESSAGE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const IDENTIFIER_FORMAT = "[A-Za-z_][A-Za-z0-9_]*";
const IDENTIFIER_MESSAGE =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
const CONFIG_KEY_FORMAT = "[-._a-zA-Z0-9]+";
const CONFIG_KEY_MESSAGE = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
const PERCENT_FORMAT = "[0-9]+%";
const PERCENT_MESSAGE = "a valid percent string must be a numeric string followed by an ending '%'";
const HEADER_FORMAT = "[-A-Za-z0-9]+";
const HEADER_MESSAGE = "a valid HTTP header must consist of alphanumeric characters or '-'";
const ENV_MESSAGE =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

/** A label's key, and everything else of the form "example.com/MyName". */
export const qualifiedName: NameCheck = (name) => labelKeyProblems(name);

/** A label's value: may be empty. */
export const labelValue: NameCheck = (value) => labelValueProblems(value);

/** No sentence: the name is well formed. */
const WELL_FORMED: readonly string[] = [];

/** Checks a name; `isPrefix` when it is a `generateName`, which may end in a dash. */
export type NameCheck = (name: string, isPrefix?: boolean) => readonly string[];

/** A DNS label: "web-0". */
export const dnsLabel: NameCheck = (text, isPrefix) => {
  const name = isPrefix ? maskTrailingDash(text) : text;
  if (name.length <= 63 && LABEL.test(name)) return WELL_FORMED;
  const wrong = lengthErrors(name, 63);
  if (LABEL.test(name)) return wrong;
  return [
    ...wrong,
    SUBDOMAIN.test(name)
      ? "must not contain dots"
      : patternError(LABEL_MESSAGE, LABEL_FORMAT, ["my-name", "123-abc"]),
  ];
};

/** Labels joined by dots: "web.example.com". */
export const dnsSubdomain: NameCheck = (text, isPrefix) =>
  check(isPrefix ? maskTrailingDash(text) : text, 253, SUBDOMAIN, SUBDOMAIN_MESSAGE, SUBDOMAIN_FORMAT, [
    "example.com",
  ]);

/** A DNS label that starts with a letter, as Services have it. */
export const dns1035Label: NameCheck = (text, isPrefix) =>
  check(isPrefix ? maskTrailingDash(text) : text, 63, DNS_1035, DNS_1035_MESSAGE, DNS_1035_FORMAT, [
    "my-name",
    "abc-123",
  ]);

const WILDCARD = new RegExp(`^${WILDCARD_FORMAT}$`);

/** "*.example.com". */
export function wildcardSubdomain(name: string): readonly string[] {
  return check(name, 253, WILDCARD, WILDCARD_MESSAGE, WILDCARD_FORMAT, ["*.example.com"]);
}

/** A name that stands alone in a path: RBAC's names are freer than others. */
export const pathSegment: NameCheck = (name, isPrefix) => {
  if (!isPrefix && (name === "." || name === "..")) return [`may not be '${name}'`];
  return ["/", "%"]
    .filter((illegal) => name.includes(illegal))
    .map((illegal) => `may not contain '${illegal}'`);
};

const CONFIG_KEY = new RegExp(`^${CONFIG_KEY_FORMAT}$`);

/** A key of a ConfigMap or Secret: it becomes the name of a file. */
export function configKey(text: string): readonly string[] {
  const wrong = check(text, 253, CONFIG_KEY, CONFIG_KEY_MESSAGE, CONFIG_KEY_FORMAT, [
    "key.name",
    "KEY_NAME",
    "key-name",
  ]);
  return text.startsWith(".") ? [...wrong, ...parentDirectoryErrors(text)] : wrong;
}

function parentDirectoryErrors(text: string): readonly string[] {
  if (text === ".") return ["must not be '.'"];
  if (text === "..") return ["must not be '..'"];
  return text.startsWith("..") ? ["must not start with '..'"] : WELL_FORMED;
}

/** A variable's name: anything printable but "=". */
export function envName(text: string): readonly string[] {
  if (text === "") return ["environment variable name must be non-empty"];
  return /^[ -<>-~]*$/.test(text) ? WELL_FORMED : [ENV_MESSAGE];
}

const IDENTIFIER = new RegExp(`^${IDENTIFIER_FORMAT}$`);

/** A prefix of variables' names. */
export function cIdentifier(text: string): readonly string[] {
  return check(text, Number.POSITIVE_INFINITY, IDENTIFIER, IDENTIFIER_MESSAGE, IDENTIFIER_FORMAT, [
    "my_name",
    "MY_NAME",
    "MyName",
  ]);
}

const HEADER = new RegExp(`^${HEADER_FORMAT}$`);

/** The name of an HTTP header. */
export function httpHeaderName(text: string): readonly string[] {
  return check(text, Number.POSITIVE_INFINITY, HEADER, HEADER_MESSAGE, HEADER_FORMAT, ["X-Header-Name"]);
}

const PERCENT = new RegExp(`^${PERCENT_FORMAT}$`);

/** "25%". */
export function percent(text: string): readonly string[] {
  return check(text, Number.POSITIVE_INFINITY, PERCENT, PERCENT_MESSAGE, PERCENT_FORMAT, ["1%", "93%"]);
}

const PORT_NAME_LENGTH_MAX = 15;
/** Nearly all of them; where this does not match, every rule is looked at. */
const PLAIN_PORT_NAME = /^[a-z][a-z0-9]*$/;

/** The name of a port: an IANA service name. */
export function portName(text: string): readonly string[] {
  if (text.length <= PORT_NAME_LENGTH_MAX && PLAIN_PORT_NAME.test(text)) return WELL_FORMED;
  const wrong = [...lengthErrors(text, PORT_NAME_LENGTH_MAX)];
  if (!/^[-a-z0-9]+$/.test(text)) {
    wrong.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!/[a-z]/.test(text)) wrong.push("must contain at least one letter (a-z)");
  if (text.includes("--")) wrong.push("must not contain consecutive hyphens");
  if (/^-|-$/.test(text)) wrong.push("must not begin or end with a hyphen");
  return wrong;
}

/** A port's number. */
export function portNumber(port: number): readonly string[] {
  return port >= 1 && port <= 65_535 ? WELL_FORMED : [rangeError(1, 65_535)];
}

/** "must be between 1 and 65535, inclusive". */
export function rangeError(min: number, max: number): string {
  return `must be between ${min} and ${max}, inclusive`;
}

/** What a pattern demands, with examples and the pattern itself. */
export function patternError(message: string, format: string, examples: readonly string[]): string {
  const such = examples.map((example) => `'${example}', `).join(" or ");
  return examples.length === 0
    ? `${message} (regex used for validation is '${format}')`
    : `${message} (e.g. ${such}regex used for validation is '${format}')`;
}

/** "must be no more than 63 characters". */
export function tooLongError(lengthMax: number): string {
  return `must be no more than ${lengthMax} characters`;
}

function check(
  text: string,
  lengthMax: number,
  pattern: RegExp,
  message: string,
  format: string,
  examples: readonly string[],
): readonly string[] {
  const fits = pattern.test(text);
  if (fits && text.length <= lengthMax) return WELL_FORMED;
  const wrong = lengthErrors(text, lengthMax);
  return fits ? wrong : [...wrong, patternError(message, format, examples)];
}

function lengthErrors(text: string, lengthMax: number): readonly string[] {
  return text.length > lengthMax ? [tooLongError(lengthMax)] : WELL_FORMED;
}

/** A prefix may end in a dash, because characters follow it. */
function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith("-") ? `${name.slice(0, -2)}a` : name;
}
