/** What tells that a bed was here. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Bed, switchOf } from "./state.ts";

/** Whatever of a bed is still to be seen on this machine. */
export function traces(bed: Bed): readonly string[] {
  const { folder } = bed;
  const mark = switchOf(bed).link;
  const lines = (...command: [string, ...string[]]) =>
    execFileSync(command[0], command.slice(1), { encoding: "utf8" }).split("\n");
  return [
    ...lines("ip", "-o", "link").filter((line) => new RegExp(`\\b${mark}(-\\d+)?[@:]`).test(line)),
    ...lines("ip", "netns").filter((line) => line.startsWith(`${mark}-`)),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(`${folder}/`)),
    ...lines("ps", "-eo", "args").filter((line) => line.includes(`${folder}/`)),
  ];
}
