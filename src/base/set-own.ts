/**
 * Gives an object a field of its own, whatever it is called: clients may call a field `__proto__`, and setting that the plain
 * way changes what the object is instead of what it holds.
 */
export function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
