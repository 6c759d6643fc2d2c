/** What the input does not tell, tells wrongly, or what is not modelled. What it touches is never called safe. */
export interface Unknown {
  /** "Pod shop/cart-0", "Node n1" */
  readonly object: string;
  readonly why: string;
  /** Index of the workload whose verdict it touches; absent when it touches none in particular. */
  readonly workload?: number;
}

/** "Pod shop/cart-0": how sentences name an object. */
export function describeObject(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}
