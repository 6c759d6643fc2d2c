/**
 * Reads a JSON document member by member, however large it is: values at the wanted depth come out whole, one after another,
 * and only one of them is in memory at a time.
 */

/** A value and where it stands. */
export interface JsonMember {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

interface Level {
  readonly type: "object" | "list";
  /** The key or index of the member that is being read. */
  key: string | number;
}

/**
 * Gives every value that is no container on the way to `pattern`, in order; "*" in the pattern stands for any key.
 * So `["lists", "*", "items", "*"]` gives items one by one, and everything beside them too. Ends with a sentence that says
 * what is wrong with the text, if anything is.
 */
export async function* readMembers(
  text: AsyncGenerator<string, string | undefined>,
  pattern: readonly string[],
): AsyncGenerator<JsonMember, string | undefined> {
  const reader = new MemberReader(pattern);
  for (;;) {
    const part = await text.next();
    if (part.done) return part.value ?? reader.end();
    try {
      yield* reader.feed(part.value);
    } catch (error) {
      if (error instanceof SyntaxError) return `is not valid JSON: ${error.message}`;
      throw error;
    }
  }
}

class MemberReader {
  readonly #pattern: readonly string[];
  readonly #levels: Level[] = [];
  #text = "";
  #at = 0;
  /** Where the value that is being read begins, while one is. */
  #start: number | undefined;
  /** Brackets open inside that value. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #begun = false;
  #done = false;

  constructor(pattern: readonly string[]) {
    this.#pattern = pattern;
  }

  /** Takes the next part of the text; gives the values that it completes. */
  *feed(part: string): Generator<JsonMember> {
    this.#text += part;
    for (; this.#at < this.#text.length; this.#at++) {
      const member = this.#start === undefined ? this.#between() : this.#inside();
      if (member !== undefined) yield member;
    }
    const keep = this.#start ?? this.#at;
    this.#text = this.#text.slice(keep);
    this.#at -= keep;
    if (this.#start !== undefined) this.#start = 0;
  }

  /** What is wrong with a text that ends here. */
  end(): string | undefined {
    if (!this.#begun) return "is empty";
    return this.#done ? undefined : "ends in the middle; it was cut off";
  }

  /** A character outside of any value that is to come out. */
  #between(): undefined {
    const c = this.#text[this.#at] as string;
    if (/\s/.test(c)) return;
    if (this.#done) throw new SyntaxError(`unexpected ${JSON.stringify(c)} after the end`);
    const level = this.#levels.at(-1);
    const opens = (c === "{" || c === "[") && this.#isOnTheWay();
    if (!this.#begun && !opens) throw new SyntaxError("a snapshot begins with {");
    if (opens) {
      this.#begun = true;
      this.#levels.push(c === "{" ? { type: "object", key: "" } : { type: "list", key: 0 });
    } else if (level !== undefined && (c === "}" || c === "]")) this.#close(level, c);
    else if (c === ",") this.#next(level);
    else if (c !== ":") this.#begin(c);
    return;
  }

  #isOnTheWay(): boolean {
    const { length } = this.#levels;
    return (
      length < this.#pattern.length && this.#levels.every((level, i) => matches(this.#pattern[i], level.key))
    );
  }

  #close(level: Level, c: string): void {
    if ((c === "}") !== (level.type === "object")) throw new SyntaxError(`unexpected ${c}`);
    this.#levels.pop();
    this.#done = this.#levels.length === 0;
  }

  #next(level: Level | undefined): void {
    if (level?.type === "list") level.key = (level.key as number) + 1;
    else if (level !== undefined) level.key = "";
  }

  #begin(c: string): void {
    this.#start = this.#at;
    this.#depth = c === "{" || c === "[" ? 1 : 0;
    this.#inString = c === '"';
    this.#escaped = false;
  }

  /** A character of a value that is to come out, or of a key. */
  #inside(): JsonMember | undefined {
    const c = this.#text[this.#at] as string;
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (c === "\\") this.#escaped = true;
      else if (c === '"') {
        this.#inString = false;
        if (this.#depth === 0) return this.#take(this.#at + 1);
      }
      return undefined;
    }
    if (c === '"') this.#inString = true;
    else if (c === "{" || c === "[") this.#depth++;
    else if (c === "}" || c === "]") {
      // The end of the container around a number or a word.
      if (this.#depth === 0) return this.#takeBefore();
      this.#depth--;
      if (this.#depth === 0) return this.#take(this.#at + 1);
    } else if (this.#depth === 0 && (c === "," || /\s/.test(c))) return this.#takeBefore();
    return undefined;
  }

  #takeBefore(): JsonMember | undefined {
    const member = this.#take(this.#at);
    // The character is still to be looked at.
    this.#at--;
    return member;
  }

  #take(end: number): JsonMember | undefined {
    const value: unknown = JSON.parse(this.#text.slice(this.#start, end));
    this.#start = undefined;
    const level = this.#levels.at(-1);
    if (level?.type === "object" && level.key === "") {
      if (typeof value !== "string") throw new SyntaxError("a key is no text");
      level.key = value;
      return undefined;
    }
    return { path: this.#levels.map(({ key }) => key), value };
  }
}

function matches(wanted: string | undefined, key: string | number): boolean {
  return wanted === "*" || wanted === key;
}
