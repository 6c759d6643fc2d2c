/** JSON of which no schema is known, as policies see objects. */
import { CelList, type CelMap, type CelValue } from "../../base/cel/values.ts";
import type { Fields } from "../custom/structural-schema.ts";

/** The value that JSON is: whole numbers are ints, objects are maps, converted only where an expression looks. */
export function dynamicValue(json: unknown): CelValue {
  switch (typeof json) {
    case "number":
      return Number.isInteger(json) ? BigInt(json) : json;
    case "bigint":
    case "string":
    case "boolean":
      return json;
    default:
      if (json === null || json === undefined) return null;
      return Array.isArray(json) ? new CelList(json.map(dynamicValue)) : new DynamicMap(json as Fields);
  }
}

class DynamicMap implements CelMap {
  readonly isMap = true;
  readonly #json: Fields;

  constructor(json: Fields) {
    this.#json = json;
  }

  get size(): number {
    return Object.keys(this.#json).length;
  }

  keys(): Iterable<CelValue> {
    return Object.keys(this.#json);
  }

  get(key: CelValue): CelValue | undefined {
    if (typeof key !== "string" || !Object.hasOwn(this.#json, key) || this.#json[key] === undefined)
      return undefined;
    return dynamicValue(this.#json[key]);
  }
}
