/** Takes away what programs have mounted and did not unmount. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Everything mounted in a folder, the innermost first. */
export function unmountAll(folder: string): void {
  const mounts = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.sort().reverse()) {
    try {
      execFileSync("umount", ["-l", path], { stdio: "ignore" });
    } catch {
      // It went with another one.
    }
  }
}
