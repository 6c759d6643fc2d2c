/** Sentences about many objects of which a few are named: a report says one line, not a hundred thousand. */
export class Notes {
  readonly #objects = new Map<string, { readonly first: string[]; count: number }>();

  /** @param what said of every object, e.g. "is there twice: the last one counts" */
  add(what: string, object: string): void {
    const known = this.#objects.get(what);
    if (known === undefined) this.#objects.set(what, { first: [object], count: 1 });
    else {
      known.count++;
      if (known.first.length < NAMED_MAX) known.first.push(object);
    }
  }

  /** One sentence for each thing that was said, in order of what it is. */
  sentences(): readonly string[] {
    return [...this.#objects]
      .map(([what, { first, count }]) => {
        const names = first.sort().join(", ");
        const more = count > first.length ? ` and ${count - first.length} more` : "";
        return `${names}${more}: ${what}`;
      })
      .sort();
  }
}

const NAMED_MAX = 10;
