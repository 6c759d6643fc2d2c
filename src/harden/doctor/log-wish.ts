/** The last lines of one container's log, of its run before where that is the one that failed. */
export interface LogWish {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

export function logKey({ namespace, pod, container, previous }: LogWish): string {
  return `${namespace}/${pod}/${container}${previous ? "/previous" : ""}`;
}
