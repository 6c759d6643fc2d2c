import { setOwn } from "../../base/set-own.ts";

/**
 * A JSON tree, frozen all through; parts that are frozen already are shared, all others copied.
 *
 * Freezing in place would do, were it not for V8: an object that came out of a spread does not share its hidden class once it
 * is frozen. A hundred thousand small objects would then carry a hundred thousand classes, which take more room than what the
 * objects say, and make every access to them slow. Fields set one by one lead to a class that all objects of one shape share.
 */
export function frozenTree<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenTree)) as T;
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    const part: unknown = value[key];
    if (part !== undefined) setOwn(copy, key, typeof part === "object" ? frozenTree(part) : part);
  }
  return Object.freeze(copy) as T;
}
