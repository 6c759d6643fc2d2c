/** Numbers for values that say the same: equal ones get the same number. Values are compared as JSON, once for each object. */
export class SameText {
  readonly #byObject = new WeakMap<object, number>();
  readonly #byText = new Map<string, number>();

  numberOf(value: object | undefined): number {
    if (value === undefined) return -1;
    let number = this.#byObject.get(value);
    if (number === undefined) {
      number = this.numberOfText(JSON.stringify(value));
      this.#byObject.set(value, number);
    }
    return number;
  }

  numberOfText(text: string): number {
    let number = this.#byText.get(text);
    if (number === undefined) {
      number = this.#byText.size;
      this.#byText.set(text, number);
    }
    return number;
  }
}
