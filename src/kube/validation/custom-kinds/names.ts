import type { FieldErrors } from "../field-errors.ts";
import { dns1035Label } from "../names.ts";

/** What a kind is called. */
export interface Names {
  readonly plural?: string;
  readonly singular?: string;
  readonly kind?: string;
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

export function checkNames(errors: FieldErrors, names: Names, path: string): void {
  for (const field of ["plural", "singular"] as const) {
    const name = names[field] ?? "";
    if (name !== "") checkWord(errors, name, `${path}.${field}`);
  }
  for (const field of ["kind", "listKind"] as const) {
    const name = names[field] ?? "";
    const wrong = dns1035Label(name.toLowerCase());
    if (name === "" || wrong.length === 0) continue;
    const rule = `may have mixed case, but should otherwise match: ${wrong.join(",")}`;
    errors.invalid(`${path}.${field}`, name, rule);
  }
  names.shortNames?.forEach((name, i) => {
    checkWord(errors, name, `${path}.shortNames[${i}]`);
  });
  if (names.kind && names.kind === names.listKind) {
    errors.invalid(`${path}.listKind`, names.listKind, "kind and listKind may not be the same");
  }
  names.categories?.forEach((name, i) => {
    checkWord(errors, name, `${path}.categories[${i}]`);
  });
}

export function checkWord(errors: FieldErrors, name: string, path: string): void {
  const wrong = dns1035Label(name);
  if (wrong.length > 0) errors.invalid(path, name, wrong.join(","));
}
