/**
 * Tells Prometheus which pods are to be scraped: those with the annotation prometheus.io/scrape. Debian's Prometheus is built
 * without what asks Kubernetes for them, but it reads a file anew whenever that changes.
 */
import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createHttpClient } from "../../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { pods } from "../../../src/kube/kinds.ts";

const PERIOD_MS = 3_000;

const [kubeconfig = "", file = ""] = process.argv.slice(2);
const client = createHttpClient(loadKubeconfig({ path: kubeconfig }));

for (;;) {
  try {
    const { items } = await client.list(pods);
    const targets = items
      .filter((pod) => pod.metadata.annotations?.["prometheus.io/scrape"] === "true")
      .filter((pod) => pod.status.phase === "Running" && pod.status.podIP !== undefined)
      .map(({ metadata: { annotations, namespace, name }, status }) => ({
        targets: [`${status.podIP}:${annotations?.["prometheus.io/port"] ?? "80"}`],
        labels: { namespace, pod: name },
      }));
    // Never half a file.
    writeFileSync(`${file}.new`, JSON.stringify(targets));
    renameSync(`${file}.new`, file);
  } catch (error) {
    console.error(`The pods cannot be listed now: ${(error as Error).message}`);
  }
  await sleep(PERIOD_MS);
}
