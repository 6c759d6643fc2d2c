/** Typed arrays that grow, shrink and are picked from. */

export type Numbers = Int32Array | Uint32Array | Uint8Array;

export interface NumbersClass<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): T;
}

/** The same numbers in an array of another length. */
export function grown<T extends Numbers>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array as never);
  return larger;
}

/** The array with one more number at a place. It takes the room behind the array where there is some, so the old one must not be used. */
export function inserted<T extends Numbers>(array: T, at: number, value: number): T {
  const { buffer, byteOffset, length } = array;
  const hasRoom = byteOffset + array.byteLength + array.BYTES_PER_ELEMENT <= buffer.byteLength;
  const from = hasRoom ? array : grown(array, length + (length >> 3) + 64);
  const longer = viewOf(from, length + 1);
  longer.copyWithin(at + 1, at, length);
  longer[at] = value;
  return longer;
}

/** The array without the number at a place; the old one must not be used. */
export function removed<T extends Numbers>(array: T, at: number): T {
  array.copyWithin(at, at + 1);
  return viewOf(array, array.length - 1);
}

function viewOf<T extends Numbers>(array: T, length: number): T {
  return new (array.constructor as unknown as NumbersClass<T>)(array.buffer, array.byteOffset, length);
}

/** A copy in memory that threads share. */
export function inSharedMemory<T extends Numbers>(array: T, numbers: NumbersClass<T>): T {
  const shared = new numbers(new SharedArrayBuffer(array.length * numbers.BYTES_PER_ELEMENT));
  shared.set(array as never);
  return shared;
}

/** Into the second array, the numbers of the first one at the places of `order`. */
export function picked<T extends Numbers>(from: T, order: Uint32Array, into: T): T {
  for (let i = 0; i < order.length; i++) into[i] = from[order[i] as number] as number;
  return into;
}
