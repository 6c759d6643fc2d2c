/** Debian's Prometheus, which scrapes every program of the bed and every pod that asks for it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { type AddOn, isOnPath } from "../bed.ts";
import { logFile, startProcess, waitFor } from "../processes.ts";
import { addOnFolder, type Bed, BedError, kubeconfigFile, memberOf } from "../state.ts";

const PORT = 9090;
const UP_SECONDS = 120;
const SCRAPE_SECONDS = 5;

/** It stands on the first control plane, where the host reaches it: "http://10.100.0.201:9090". */
export function prometheusUrl(bed: Bed): string {
  return `http://${memberOf(bed, bed.controlPlanes[0] as string).ip}:${PORT}`;
}

/** What has to be there for it, and is not. */
export function missingForMonitoring(): string | undefined {
  return isOnPath("prometheus")
    ? undefined
    : "this machine has no prometheus (test/cluster/prepare.sh prometheus)";
}

export const monitoring: AddOn = async (bed) => {
  const why = missingForMonitoring();
  if (why !== undefined) throw new BedError(`Nothing can watch the bed: ${why}`);
  const folder = addOnFolder(bed);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "prometheus.yaml");
  writeFileSync(file, stringify(configuration(bed)));
  const script = fileURLToPath(new URL("./pod-targets.ts", import.meta.url));
  const watcher = [process.execPath, "--import", "tsx", script, kubeconfigFile(bed), podTargets(bed)];
  startProcess({ folder, name: "pod-targets", command: watcher });
  const { namespace, ip } = memberOf(bed, bed.controlPlanes[0] as string);
  startProcess({
    folder,
    name: "prometheus",
    namespace,
    command: [
      "prometheus",
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, "prometheus")}`,
      `--web.listen-address=${ip}:${PORT}`,
    ],
  });
  await waitFor("A scrape of everything", UP_SECONDS, () => isAllUp(bed), logFile(folder, "prometheus"));
};

/** Whether everything that it knows of answers. */
async function isAllUp(bed: Bed): Promise<boolean> {
  const answer = await fetch(`${prometheusUrl(bed)}/api/v1/targets?state=active`).catch(() => undefined);
  if (answer?.ok !== true) return false;
  const { data } = (await answer.json()) as { data: { activeTargets: readonly { health: string }[] } };
  return data.activeTargets.length > 0 && data.activeTargets.every(({ health }) => health === "up");
}

function podTargets(bed: Bed): string {
  return join(addOnFolder(bed), "pods.json");
}

function configuration(bed: Bed) {
  const at = (names: readonly string[], port: number) => [
    { targets: names.map((name) => `${memberOf(bed, name).ip}:${port}`) },
  ];
  const credentials = join(bed.folder, "credentials");
  const tls = {
    scheme: "https",
    tls_config: {
      cert_file: join(credentials, "kube-apiserver-kubelet.crt"),
      key_file: join(credentials, "kube-apiserver-kubelet.key"),
      // Some of the programs sign their own certificates.
      insecure_skip_verify: true,
    },
  };
  const { controlPlanes, nodes } = bed;
  return {
    global: { scrape_interval: `${SCRAPE_SECONDS}s` },
    scrape_configs: [
      { job_name: "kube-apiserver", ...tls, static_configs: at(controlPlanes, 6443) },
      { job_name: "kube-controller-manager", ...tls, static_configs: at(controlPlanes, 10_257) },
      { job_name: "kube-scheduler", ...tls, static_configs: at(controlPlanes, 10_259) },
      { job_name: "etcd", static_configs: at(controlPlanes, 2379) },
      { job_name: "kubelet", ...tls, static_configs: at(nodes, 10_250) },
      {
        job_name: "containers",
        ...tls,
        metrics_path: "/metrics/cadvisor",
        static_configs: at(nodes, 10_250),
      },
      { job_name: "kube-proxy", static_configs: at(nodes, 10_249) },
      { job_name: "pods", file_sd_configs: [{ files: [podTargets(bed)] }] },
    ],
  };
}
