/**
 * Ends a bed, or a control plane, together with the process that started it, however that dies: a keeper waits at the other end
 * of a pipe that closes with its owner, and then runs the command that it was given.
 */
import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";

/** Runs a module's default export with `argument` once this process is gone; returns the way to call that off. */
export function afterOurEnd(module: string, argument: string): () => void {
  const keeper = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(import.meta.url), module, argument],
    {
      // In a group of its own: what ends this process by a signal to the group must not end the keeper.
      detached: true,
      stdio: ["pipe", "ignore", "inherit"],
    },
  );
  keeper.unref();
  (keeper.stdin as Socket | null)?.unref();
  return () => {
    keeper.stdin?.write("done");
    keeper.stdin?.end();
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [module = "", argument = ""] = process.argv.slice(2);
  let said = "";
  process.stdin.on("data", (chunk) => {
    said += chunk;
  });
  process.stdin.on("end", async () => {
    if (said === "done") return;
    const { default: act } = (await import(module)) as { default: (argument: string) => Promise<void> };
    await act(argument);
  });
}
