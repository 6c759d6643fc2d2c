/** A part of a YAML text that stands for itself: a document, or an item of a list as a document of its own. */
export interface YamlPiece {
  readonly text: string;
  /** Where it begins; both count from 1. */
  readonly line: number;
  readonly document: number;
}

/** A List's items at its outermost level, as kubectl writes them: the only thing that makes a document of a cluster long. */
const ITEMS = /^items:\s*(#.*)?$/;
const ITEM = /^( *)-(?=\s|$)/;
const DOCUMENT_ENDS = /^(---|\.\.\.)(\s|$)/;

/**
 * Cuts YAML into pieces as it comes, so that nobody has to hold the whole of it. What a list says beside its items is a piece
 * too, with an empty list of items.
 */
export class YamlPieces {
  #line = 0;
  #document = 1;
  /** Lines of the document outside of items, and of the item under way, with where they begin. */
  #outside: Lines = NO_LINES;
  #item: Lines = NO_LINES;
  /** What stands before the dash of an item while items are read: nothing says it before the first. */
  #indent: string | undefined;
  #isInItems = false;

  /** Takes a line, without its end; gives the pieces that ended before it. */
  take(line: string): readonly YamlPiece[] {
    this.#line++;
    if (DOCUMENT_ENDS.test(line)) {
      const ended = this.end();
      this.#document++;
      return ended;
    }
    if (this.#isInItems) {
      const [, indent] = ITEM.exec(line) ?? [];
      if (indent !== undefined && indent === (this.#indent ?? indent)) {
        this.#indent = indent;
        const ended = this.#piece(this.#item);
        // What stands behind the dash is a mapping of its own, in the same columns.
        this.#item = { first: this.#line, lines: [line.replace("-", " ")] };
        return ended;
      }
      const isStillInside = /^(\s|#|$)/.test(line);
      if (isStillInside) {
        this.#item.lines.push(line);
        return [];
      }
      this.#isInItems = false;
      const ended = this.#piece(this.#item);
      this.#item = NO_LINES;
      this.#keep(line);
      return ended;
    }
    if (ITEMS.test(line)) {
      this.#isInItems = true;
      this.#indent = undefined;
      this.#item = { first: this.#line + 1, lines: [] };
      this.#keep("items: []");
    } else this.#keep(line);
    return [];
  }

  /** The pieces that are left when the text ends, or a document does. */
  end(): readonly YamlPiece[] {
    const ended = [...this.#piece(this.#item), ...this.#piece(this.#outside)];
    this.#item = NO_LINES;
    this.#outside = NO_LINES;
    this.#isInItems = false;
    return ended;
  }

  #keep(line: string): void {
    if (this.#outside === NO_LINES) this.#outside = { first: this.#line, lines: [] };
    this.#outside.lines.push(line);
  }

  #piece({ first, lines }: Lines): readonly YamlPiece[] {
    if (lines.length === 0) return [];
    return [{ text: `${lines.join("\n")}\n`, line: first, document: this.#document }];
  }
}

interface Lines {
  readonly first: number;
  readonly lines: string[];
}

const NO_LINES: Lines = { first: 0, lines: [] };
