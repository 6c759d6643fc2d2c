/**
 * Goes over JSON that lies in a window of bytes, value by value, without making anything of it. What is passed over is checked
 * as strictly as JSON.parse would; what is kept is copied without the space between tokens.
 *
 * A value may end beyond the window: then `Incomplete` is thrown, and whoever holds the window tries again with more of it.
 */

/** What may come next within a value. */
const VALUE = 0;
/** A value, or the end of a list. */
const FIRST_VALUE = 1;
/** A field's name, or the end of an object. */
const FIRST_KEY = 2;
const KEY = 3;
const COLON_NEXT = 4;
const COMMA_NEXT = 5;
const WANTED = [
  "a value",
  "a value or ]",
  "a field's name or }",
  "a field's name",
  ":",
  ", or a closing bracket",
];

/** The window ends within a value. */
export class Incomplete extends Error {
  override readonly name = "Incomplete";
}

const INCOMPLETE = new Incomplete();

/** The text is no JSON. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  /** Where in the window. */
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const BACKSLASH = 0x5c;
export const SPACE = 0x20;
const LETTER_U = 0x75;

/** The role of a note about a text that is kept. */
export const KEPT = 255;

/** From here on a native copy is faster than a loop. */
const LONG = 100;

/** Deeper than any object that an API server takes, and shallow enough for the stack. */
const DEPTH_MAX = 500;

export class ByteScanner {
  bytes: Uint8Array = new Uint8Array(0);
  /** The next byte to look at. */
  at = 0;
  /** Behind the last byte of the window. */
  end = 0;
  /** Whether nothing comes after the window. */
  isLast = false;
  /** The brackets that are open within a value that is passed over. */
  readonly open = new Uint8Array(DEPTH_MAX);
  /** Whether the place of every text and plain number that is passed over as a value is noted, until `isNoting` is false again. */
  isNoting = false;
  /** Where each begins and ends, ascending, and what it is for: 0 unless somebody says so, `KEPT` for what is kept. */
  notes = new Int32Array(1 << 10);
  noteRoles = new Uint8Array(1 << 9);
  noteCount = 0;
  /** What has been kept. */
  out: Uint8Array = new Uint8Array(0);
  outAt = 0;

  /** The next byte that is not space; -1 when the text has ended. */
  peek(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && isSpace(bytes[at] as number)) at++;
    this.at = at;
    if (at < end) return bytes[at] as number;
    if (this.isLast) return -1;
    throw INCOMPLETE;
  }

  /** The next byte that is not space, which has to be there. */
  need(): number {
    const byte = this.peek();
    if (byte === -1) throw this.error("the text ends in the middle; it was cut off");
    return byte;
  }

  /** Passes over one certain byte. */
  expect(wanted: number, what: string): void {
    const byte = this.need();
    if (byte !== wanted) throw this.unexpected(what);
    this.at++;
  }

  /** After a member: whether there is another one before the closing byte, which is passed over. */
  hasMore(close: number): boolean {
    const byte = this.need();
    if (byte !== COMMA && byte !== close) throw this.unexpected(`, or ${String.fromCharCode(close)}`);
    this.at++;
    return byte === COMMA;
  }

  /** Passes over an opening byte; whether there is anything before the closing one, which is passed over. */
  enter(close: number): boolean {
    this.at++;
    if (this.need() !== close) return true;
    this.at++;
    return false;
  }

  #note(from: number, to: number): void {
    const i = this.noteCount++;
    if (i === this.noteRoles.length) {
      const notes = new Int32Array(4 * i);
      notes.set(this.notes);
      this.notes = notes;
      const roles = new Uint8Array(2 * i);
      roles.set(this.noteRoles);
      this.noteRoles = roles;
    }
    this.notes[2 * i] = from;
    this.notes[2 * i + 1] = to;
    this.noteRoles[i] = 0;
  }

  /** What has been noted since there were so many notes is passed over after all. */
  freeNotes(since: number): void {
    this.noteRoles.fill(0, since, this.noteCount);
  }

  /** Passes over a string. Its bytes lie between the place before, plus one, and the place after, minus one. */
  skipString(): void {
    const { bytes, end } = this;
    let at = this.at + 1;
    for (;;) {
      const byte = bytes[at] as number;
      if (at >= end || byte === BACKSLASH || byte < SPACE) at = this.#within(at);
      else if (byte === QUOTE) break;
      else at++;
    }
    this.at = at + 1;
  }

  /** Within a string, at an escape or at what may not be there: the place behind the escape. */
  #within(at: number): number {
    const { bytes, end } = this;
    if (at >= end) throw this.#short();
    if (bytes[at] !== BACKSLASH) throw new JsonError(at, "a string has a control character, or no end");
    if (at + 1 >= end) throw this.#short();
    const letter = bytes[at + 1] as number;
    if (!ESCAPES.has(letter)) throw new JsonError(at, "a string has an unknown escape");
    if (letter !== LETTER_U) return at + 2;
    for (let i = at + 2; i < at + 6; i++) {
      if (i >= end) throw this.#short();
      if (!isHexDigit(bytes[i] as number))
        throw new JsonError(at, "a string has an escape without four hex digits");
    }
    return at + 6;
  }

  /** Passes over a field's name and the colon behind it; gives the place behind its last byte. */
  skipKey(): number {
    if (this.need() !== QUOTE) throw this.unexpected("a field's name");
    this.skipString();
    const keyEnd = this.at - 1;
    this.expect(COLON, ":");
    return keyEnd;
  }

  /**
   * Passes over a value of any kind. Most bytes of a cluster are passed over here, which is why it is one loop: it knows where it
   * is by the brackets that are open, and by what may come next.
   */
  skip(): void {
    const { bytes, end, open, isNoting } = this;
    let at = this.at;
    let depth = 0;
    let next = VALUE;
    for (;;) {
      if (at >= end) {
        this.at = at;
        throw this.#short();
      }
      const byte = bytes[at] as number;
      if (byte === SPACE || (byte <= 0x0d && isSpace(byte))) {
        at++;
        continue;
      }
      if (next <= FIRST_VALUE && byte !== QUOTE) {
        if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
          if (depth === DEPTH_MAX) {
            this.at = at;
            throw this.error(`a value is nested more than ${DEPTH_MAX} deep`);
          }
          open[depth++] = byte;
          next = byte === OPEN_OBJECT ? FIRST_KEY : FIRST_VALUE;
          at++;
          continue;
        }
        if (next === FIRST_VALUE && byte === CLOSE_LIST) {
          at++;
          depth--;
        } else {
          this.at = at;
          this.#skipScalar();
          if (isNoting && isDigits(bytes, at, this.at)) this.#note(at, this.at);
          at = this.at;
        }
      } else if (byte === QUOTE && next <= KEY) {
        at++;
        const from = at;
        for (let inside = bytes[at]; inside !== QUOTE; inside = bytes[at]) {
          // Escapes, control characters and the end of the window are looked at closely.
          if (at >= end || inside === BACKSLASH || (inside as number) < SPACE) at = this.#within(at);
          else at++;
        }
        if (at >= end) at = this.#within(at);
        if (isNoting && next <= FIRST_VALUE) this.#note(from, at);
        at++;
        if (next >= FIRST_KEY) {
          next = COLON_NEXT;
          continue;
        }
      } else if (next === COLON_NEXT && byte === COLON) {
        at++;
        next = VALUE;
        continue;
      } else if (next === COMMA_NEXT && byte === COMMA) {
        at++;
        next = open[depth - 1] === OPEN_OBJECT ? KEY : VALUE;
        continue;
      } else if (isCloseOf(byte, depth === 0 ? 0 : (open[depth - 1] as number), next)) {
        at++;
        depth--;
      } else {
        this.at = at;
        throw this.unexpected(WANTED[next] as string);
      }
      // A value has ended.
      if (depth === 0) break;
      next = COMMA_NEXT;
    }
    this.at = at;
  }

  /** Copies a value of any kind, without space. */
  copy(depth = 0): void {
    const byte = this.need();
    if (byte === OPEN_OBJECT) {
      this.#checkDepth(depth);
      this.put(byte);
      if (this.enter(CLOSE_OBJECT)) {
        for (;;) {
          this.copyKey();
          this.copy(depth + 1);
          if (!this.hasMore(CLOSE_OBJECT)) break;
          this.put(COMMA);
        }
      }
      this.put(CLOSE_OBJECT);
    } else if (byte === OPEN_LIST) {
      this.#checkDepth(depth);
      this.put(byte);
      if (this.enter(CLOSE_LIST)) {
        for (;;) {
          this.copy(depth + 1);
          if (!this.hasMore(CLOSE_LIST)) break;
          this.put(COMMA);
        }
      }
      this.put(CLOSE_LIST);
    } else {
      const start = this.at;
      if (byte === QUOTE) this.skipString();
      else this.#skipScalar();
      this.putRange(start, this.at);
    }
  }

  copyKey(): void {
    this.need();
    const start = this.at;
    const keyEnd = this.skipKey();
    this.putRange(start, keyEnd + 1);
    this.put(COLON);
  }

  put(byte: number): void {
    this.out[this.outAt++] = byte;
  }

  /** Copies a value of any kind as it stands. */
  copyAsIs(): void {
    this.need();
    const start = this.at;
    const { noteCount } = this;
    this.skip();
    this.noteRoles.fill(KEPT, noteCount, this.noteCount);
    this.putRange(start, this.at);
  }

  /** Keeps bytes of the window. */
  putRange(from: number, to: number): void {
    const { bytes, out } = this;
    if (to - from > LONG) {
      out.set(bytes.subarray(from, to), this.outAt);
      this.outAt += to - from;
      return;
    }
    let outAt = this.outAt;
    for (let i = from; i < to; i++) out[outAt++] = bytes[i] as number;
    this.outAt = outAt;
  }

  unexpected(wanted: string): JsonError {
    const found = JSON.stringify(String.fromCharCode(this.bytes[this.at] as number));
    return this.error(`found ${found} where ${wanted} is expected`);
  }

  error(why: string): JsonError {
    return new JsonError(this.at, why);
  }

  #short(): Error {
    return this.isLast ? new JsonError(this.end, "the text ends in the middle; it was cut off") : INCOMPLETE;
  }

  #checkDepth(depth: number): void {
    if (depth > DEPTH_MAX) throw this.error(`a value is nested more than ${DEPTH_MAX} deep`);
  }

  #skipScalar(): void {
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    while (at < end && isScalarByte(bytes[at] as number)) at++;
    // What follows a scalar is part of the text, unless the text ends with it.
    if (at === end && !this.isLast) throw INCOMPLETE;
    if (!isDigits(bytes, start, at) && !isWord(bytes, start, at)) {
      const text = String.fromCharCode(...bytes.subarray(start, Math.min(at, start + 64)));
      if (!SCALAR.test(text)) throw at === end ? this.#short() : this.unexpected("a value");
    }
    this.at = at;
  }
}

/** Whether the byte closes the bracket that is open, and may. */
function isCloseOf(byte: number, open: number, next: number): boolean {
  if (byte === CLOSE_OBJECT) return open === OPEN_OBJECT && (next === COMMA_NEXT || next === FIRST_KEY);
  return byte === CLOSE_LIST && open === OPEN_LIST && next === COMMA_NEXT;
}

const ESCAPES = new Set([...'"\\/bfnrtu'].map((c) => c.charCodeAt(0)));
const SCALAR = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?)$/;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Letters, digits and what numbers have between them. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

const WORDS = ["true", "false", "null"].map((word) => Buffer.from(word));

function isWord(bytes: Uint8Array, from: number, to: number): boolean {
  for (const word of WORDS) {
    if (word.length !== to - from) continue;
    let i = 0;
    while (i < word.length && bytes[from + i] === word[i]) i++;
    if (i === word.length) return true;
  }
  return false;
}

/** Whether a stretch of bytes holds a backslash. */
export function hasEscape(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}

/** Whether the bytes are a plain number without a leading nought: most scalars are. */
function isDigits(bytes: Uint8Array, from: number, to: number): boolean {
  if (to <= from || (bytes[from] === 0x30 && to - from > 1)) return false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}
