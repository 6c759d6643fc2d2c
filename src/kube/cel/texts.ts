/** Kubernetes' functions of texts: regular expressions, addresses of the web and named formats. */
import { type Functions, member, plain } from "../../base/cel/environment.ts";
import { type RegularExpression, regularExpression } from "../../base/cel/regular-expression.ts";
import { BOOL, INT, listOf, mapOf, opaqueType, optionalOf, STRING } from "../../base/cel/types.ts";
import { CelError, CelList, LiteralMap, OPTIONAL_NONE, Opaque, Optional } from "../../base/cel/values.ts";
import {
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  labelValue,
  type NameCheck,
  qualifiedName,
} from "../validation/names.ts";
import { parseUrl, type UrlParts, urlProblem } from "./go-url.ts";
import { isBase64, isDate, isDateTime, isUuid } from "./text-formats.ts";

function legal(pattern: string): RegularExpression {
  try {
    return regularExpression(pattern);
  } catch (error) {
    throw error instanceof CelError ? new CelError(`Illegal regex: ${error.message}`) : error;
  }
}

export const REGEX: Functions = {
  find: [
    member(
      "string_find_string",
      [STRING, STRING],
      STRING,
      (text, pattern) => legal(pattern as string).find(text as string) ?? "",
    ),
  ],
  findAll: [
    member(
      "string_find_all_string",
      [STRING, STRING],
      listOf(STRING),
      (text, pattern) => new CelList(legal(pattern as string).findAll(text as string, -1)),
    ),
    member(
      "string_find_all_string_int",
      [STRING, STRING, INT],
      listOf(STRING),
      (text, pattern, limit) => new CelList(legal(pattern as string).findAll(text as string, Number(limit))),
    ),
  ],
};

const URL_TYPE = opaqueType("kubernetes.URL");

class UrlValue extends Opaque {
  readonly type = URL_TYPE;
  readonly parts: UrlParts;
  constructor(parts: UrlParts) {
    super();
    this.parts = parts;
  }
  equals(other: Opaque): boolean {
    return other instanceof UrlValue && other.parts.text === this.parts.text;
  }
}

function part(id: string, of: (parts: UrlParts) => string) {
  return [member(id, [URL_TYPE], STRING, (url) => of((url as UrlValue).parts))];
}

export const URLS: Functions = {
  url: [
    plain("string_to_url", [STRING], URL_TYPE, (text) => {
      const problem = urlProblem(text as string);
      if (problem !== undefined)
        throw new CelError(`URL parse error during conversion from string: ${problem}`);
      return new UrlValue(parseUrl(text as string));
    }),
  ],
  isURL: [plain("is_url_string", [STRING], BOOL, (text) => urlProblem(text as string) === undefined)],
  getScheme: part("url_get_scheme", ({ scheme }) => scheme),
  getHost: part("url_get_host", ({ host }) => host),
  getHostname: part("url_get_hostname", ({ hostname }) => hostname),
  getPort: part("url_get_port", ({ port }) => port),
  getEscapedPath: part("url_get_escaped_path", ({ escapedPath }) => escapedPath),
  getQuery: [
    member("url_get_query", [URL_TYPE], mapOf(STRING, listOf(STRING)), (url) => {
      const { query } = (url as UrlValue).parts;
      return new LiteralMap([...query].map(([name, values]) => [name, new CelList(values)] as const));
    }),
  ],
};

const FORMAT_TYPE = opaqueType("kubernetes.NamedFormat");

/** A format that texts can be checked against. */
export class NamedFormat extends Opaque {
  readonly type = FORMAT_TYPE;
  readonly name: string;
  readonly check: (text: string) => readonly string[];
  /** The size of the expression that stands behind it: what a check costs depends on it. */
  readonly regexSize: number;
  constructor(name: string, regexSize: number, check: (text: string) => readonly string[]) {
    super();
    this.name = name;
    this.regexSize = regexSize;
    this.check = check;
  }
  equals(other: Opaque): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }
}

function name(title: string, size: number, check: NameCheck, isPrefix = false): NamedFormat {
  return new NamedFormat(title, size, (text) => check(text, isPrefix));
}

function judged(title: string, size: number, isIt: (text: string) => boolean, problem: string): NamedFormat {
  return new NamedFormat(title, size, (text) => (isIt(text) ? [] : [problem]));
}

const NAMED: Readonly<Record<string, NamedFormat>> = {
  dns1123Label: name("DNS1123Label", 30, dnsLabel),
  dns1123Subdomain: name("DNS1123Subdomain", 60, dnsSubdomain),
  dns1035Label: name("DNS1035Label", 30, dns1035Label),
  qualifiedName: name("QualifiedName", 60, qualifiedName),
  dns1123LabelPrefix: name("DNS1123LabelPrefix", 30, dnsLabel, true),
  dns1123SubdomainPrefix: name("DNS1123SubdomainPrefix", 60, dnsSubdomain, true),
  dns1035LabelPrefix: name("DNS1035LabelPrefix", 30, dns1035Label, true),
  labelValue: name("LabelValue", 40, labelValue),
  uri: new NamedFormat("URI", 1103, (text) => {
    const problem = urlProblem(text);
    return problem === undefined ? [] : [problem];
  }),
  uuid: judged("uuid", 85, isUuid, "does not match the UUID format"),
  byte: judged("byte", 84, isBase64, "invalid base64"),
  date: judged("date", 131, isDate, "invalid date"),
  datetime: judged("datetime", 131, isDateTime, "invalid datetime"),
};

export const FORMATS: Functions = {
  ...Object.fromEntries(
    Object.entries(NAMED).map(([key, format]) => [
      `format.${key}`,
      [plain(`format.${key}`, [], FORMAT_TYPE, () => format)],
    ]),
  ),
  "format.named": [
    plain("format-named", [STRING], optionalOf(FORMAT_TYPE), (key) => {
      const found = Object.hasOwn(NAMED, key as string) ? NAMED[key as string] : undefined;
      return found === undefined ? OPTIONAL_NONE : new Optional(found);
    }),
  ],
  validate: [
    member("format-validate", [FORMAT_TYPE, STRING], optionalOf(listOf(STRING)), (format, text) => {
      const problems = (format as NamedFormat).check(text as string);
      return problems.length === 0 ? OPTIONAL_NONE : new Optional(new CelList(problems));
    }),
  ],
};
