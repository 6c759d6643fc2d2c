/** What the containers of a pod are told by flags and variables. */
import type { PodSpec } from "../kube/types/index.ts";

/** Whether a program is started with such a flag: "--leader-elect=false" exactly, "--leader-elect" with any value but false. */
export function hasFlag({ containers }: PodSpec, flag: string): boolean {
  return containers.some(({ command = [], args = [] }) =>
    [...command, ...args].some((word) =>
      flag.includes("=") ? word === flag : word === flag || (word.startsWith(`${flag}=`) && !isOff(word)),
    ),
  );
}

function isOff(word: string): boolean {
  return word.endsWith("=false");
}

/** Whether a container has such an environment variable that is not empty. */
export function hasVariable({ containers }: PodSpec, name: string): boolean {
  return containers.some(({ env = [] }) =>
    env.some((each) => each.name === name && (each.valueFrom !== undefined || (each.value ?? "") !== "")),
  );
}
