/** Which fields of an object are kept: a tree of names, made to be asked with bytes. */
import {
  type ByteScanner,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  hasEscape,
  OPEN_LIST,
  OPEN_OBJECT,
} from "./byte-scanner.ts";

/**
 * What is done with a field's value: kept as it stands, kept without space, passed over, kept in part, or looked at by somebody
 * who passes over it.
 */
export type FieldAction = "keep" | "pack" | "skip" | FieldTree | ((scanner: ByteScanner) => void);

export interface FieldTreeOptions {
  /** What is done with fields that have no name here; "skip" by default. */
  readonly others?: "keep" | "skip";
  /** An object without any of these is left out as a whole, where it is an item of a list. */
  readonly wanted?: readonly string[];
}

interface NamedField {
  readonly name: Uint8Array;
  readonly action: FieldAction;
  readonly isWanted: boolean;
}

/** An object with more fields is none whose fields have their places. */
const PLACES_MAX = 40;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class FieldTree {
  readonly #byLength: NamedField[][] = [];
  readonly #others: "keep" | "skip";
  readonly #hasWanted: boolean;
  /** By place in an object, the field that was there last: its name with quotes and colon. */
  readonly #before: { readonly token: Uint8Array; readonly field: NamedField | undefined }[] = [];

  constructor(
    fields: Readonly<Record<string, FieldAction>>,
    { others = "skip", wanted }: FieldTreeOptions = {},
  ) {
    this.#others = others;
    this.#hasWanted = wanted !== undefined;
    for (const [text, action] of Object.entries(fields)) {
      const name = encoder.encode(text);
      this.#byLength[name.length] ??= [];
      this.#byLength[name.length]?.push({ name, action, isWanted: wanted?.includes(text) ?? false });
    }
  }

  /**
   * Copies a value with only the fields that are kept; of a list, its items so. A value of another type is copied as it is:
   * whoever reads it will say what is wrong with it.
   */
  project(scanner: ByteScanner): void {
    const byte = scanner.need();
    if (byte === OPEN_OBJECT) this.#projectObject(scanner);
    else if (byte === OPEN_LIST) this.#projectList(scanner);
    else scanner.copy();
  }

  #projectList(scanner: ByteScanner): void {
    scanner.put(OPEN_LIST);
    let isFirst = true;
    if (scanner.enter(CLOSE_LIST)) {
      do {
        const { outAt, noteCount } = scanner;
        if (!isFirst) scanner.put(COMMA);
        if (this.#projectItem(scanner)) isFirst = false;
        else {
          scanner.outAt = outAt;
          scanner.freeNotes(noteCount);
        }
      } while (scanner.hasMore(CLOSE_LIST));
    }
    scanner.put(CLOSE_LIST);
  }

  /** Whether the item is to be kept. */
  #projectItem(scanner: ByteScanner): boolean {
    if (scanner.need() === OPEN_OBJECT) return this.#projectObject(scanner) || !this.#hasWanted;
    scanner.copy();
    return true;
  }

  /** Whether the object had one of the wanted fields. */
  #projectObject(scanner: ByteScanner): boolean {
    let hasWanted = false;
    let isFirst = true;
    scanner.put(OPEN_OBJECT);
    if (scanner.enter(CLOSE_OBJECT)) {
      let place = 0;
      do {
        scanner.need();
        const start = scanner.at;
        const field = this.#field(scanner, place++);
        const action = field === undefined ? this.#others : field.action;
        if (action === "skip") scanner.skip();
        else if (typeof action === "function") action(scanner);
        else {
          if (!isFirst) scanner.put(COMMA);
          isFirst = false;
          hasWanted ||= field?.isWanted ?? false;
          scanner.putRange(start, scanner.at);
          if (action === "keep") scanner.copyAsIs();
          else if (action === "pack") scanner.copy();
          else action.project(scanner);
        }
      } while (scanner.hasMore(CLOSE_OBJECT));
    }
    scanner.put(CLOSE_OBJECT);
    return hasWanted;
  }

  /** Passes over a field's name and colon; what it is. Objects of a kind mostly have the same fields in the same places. */
  #field(scanner: ByteScanner, place: number): NamedField | undefined {
    const before = this.#before[place];
    const start = scanner.at;
    if (
      before !== undefined &&
      start + before.token.length <= scanner.end &&
      isAt(scanner.bytes, start, before.token)
    ) {
      scanner.at += before.token.length;
      return before.field;
    }
    const end = scanner.skipKey();
    const field = this.#find(scanner.bytes, start + 1, end);
    if (place < PLACES_MAX) this.#before[place] = { token: scanner.bytes.slice(start, scanner.at), field };
    return field;
  }

  #find(bytes: Uint8Array, from: number, to: number): NamedField | undefined {
    const fields = this.#byLength[to - from];
    if (fields !== undefined) for (const field of fields) if (isAt(bytes, from, field.name)) return field;
    return hasEscape(bytes, from, to) ? this.#findEscaped(bytes.subarray(from - 1, to + 1)) : undefined;
  }

  /** Nobody writes a field's name with escapes, but whoever does means the same field. */
  #findEscaped(quoted: Uint8Array): NamedField | undefined {
    const name = encoder.encode(JSON.parse(decoder.decode(quoted)) as string);
    return this.#byLength[name.length]?.find((field) => isAt(name, 0, field.name));
  }
}

function isAt(bytes: Uint8Array, from: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
  return true;
}
