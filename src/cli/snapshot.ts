import { Command } from "commander";
import type { SaveFlags } from "./snapshot-save.ts";

/** `holdfast snapshot`: a cluster as one file. */
export function snapshotCommand(): Command {
  const snapshot = new Command("snapshot").description("a cluster as one file").exitOverride();
  snapshot
    .command("save")
    .description("save everything that you may read, without the values of Secrets and ConfigMaps")
    .argument("<file>", "where to; one of that name is replaced")
    .option("--kubeconfig <file>", "the kubeconfig, in place of KUBECONFIG and ~/.kube/config")
    .option("--context <name>", "the context of the kubeconfig")
    .option("--redact", "replace names too, the same name by the same everywhere")
    .action(async (file: string, flags: SaveFlags) => {
      const { saveCluster } = await import("./snapshot-save.ts");
      await saveCluster(file, flags);
    });
  return snapshot;
}
