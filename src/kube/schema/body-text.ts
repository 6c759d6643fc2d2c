/** What the text of a JSON body says that is lost in its value: decoding into Go types tells of it. */
export interface BodyText {
  /** Fields given twice, in order of appearance. */
  readonly duplicates: readonly DuplicateField[];
  /** Numbers as they stand in the text, by their path, where a number of ours says less. */
  readonly literals: ReadonlyMap<string, string>;
}

/** A key that its object has had before; told once, however often it is repeated. */
export interface DuplicateField {
  /** Of the object, e.g. "spec.containers[0]"; "" at the root. */
  readonly parent: string;
  readonly key: string;
  /** How many different keys stand before it in its object. */
  readonly after: number;
}

/** The path of a field below another: of "name" in "spec.containers[0]" it is "spec.containers[0].name". */
export function fieldPath(parent: string, key: string): string {
  return parent === "" ? key : `${parent}.${key}`;
}

/** The finding, as decoders word it. */
export function duplicateField({ parent, key }: DuplicateField): string {
  return `duplicate field "${fieldPath(parent, key)}"`;
}

/** What is wrong with a number so large that nothing holds it; undefined when there is none. */
export function overflow(text: BodyText | undefined): string | undefined {
  for (const literal of text?.literals.values() ?? []) {
    if (!Number.isFinite(Number(literal))) {
      return `json: cannot unmarshal number ${literal} into Go value of type float64`;
    }
  }
  return undefined;
}
