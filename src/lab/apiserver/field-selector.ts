import type { Kind } from "../../kube/kind.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { badRequest } from "./errors.ts";
import { selectableFields, unsupportedField } from "./selectable-fields.ts";

/** One term of a field selector: a field's text is, or is not, a value. */
interface FieldTerm {
  readonly value: string;
  readonly negated: boolean;
  readonly of: (object: KubeObject) => string;
}

/** A compiled field selector: whether an object is selected. */
export type FieldMatcher = (object: KubeObject) => boolean;

/** Compiles the text of a query string for a kind; "metadata.name=a,status.phase!=Running". */
export function parseFieldSelector(kind: Kind, text: string): FieldMatcher {
  const terms = splitTerms(text).map((term) => parseTerm(kind, term, text));
  return (object) => terms.every(({ value, negated, of }) => (of(object) === value) !== negated);
}

function parseTerm(kind: Kind, term: string, selector: string): FieldTerm {
  const match = /^((?:[^=!\\]|\\.)*?)(!=|==|=)(.*)$/s.exec(term);
  if (match === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
  const [, field = "", operator, raw = ""] = match;
  const of = selectableFields(kind).get(field);
  if (of === undefined) throw badRequest(unsupportedField(kind, field));
  return { value: unescapeValue(raw), negated: operator === "!=", of };
}

/** Splits at commas that no backslash protects. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let term = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") term += text.slice(i, ++i + 1);
    else if (text[i] === ",") {
      terms.push(term);
      term = "";
    } else term += text[i];
  }
  terms.push(term);
  return terms.filter((each) => each !== "");
}

function unescapeValue(value: string): string {
  return value.replace(/\\([\\,=])/g, "$1");
}
