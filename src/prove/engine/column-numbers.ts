/** Numbers columns by identity in the order in which they are first seen, so that what is made of the same columns has the same key. */
export class ColumnNumbers {
  readonly #numbers = new Map<object, number>();

  /** -1 for a column that there is not. */
  of(column: object | undefined): number {
    if (column === undefined) return -1;
    let number = this.#numbers.get(column);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(column, number);
    }
    return number;
  }
}
