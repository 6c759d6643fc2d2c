/** A real kube-scheduler before a real API server, with our extender beside it, and no kubelets. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { createHttpClient, type HttpClient } from "../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts";
import { logFile, startProcess } from "../cluster/processes.ts";
import { program } from "../programs/build.ts";

import { SECOND_PROFILE } from "./cases.ts";
import { Extender } from "./extender.ts";

/** More than any cluster of a run has, so that preemption looks at every node. */
const NODES_MAX = 1_000;
const CLIENT_LIMIT = 5_000;

/** What would change nodes and pods by itself, or refuse what a cluster needs that has no controllers. */
const ADMISSION_OFF = "ServiceAccount,Priority,TaintNodesByCondition,StorageObjectInUseProtection";

export interface RealScheduler {
  readonly client: HttpClient;
  readonly extender: Extender;
  /** Its log, in which it says of which pods it has heard, and when it has told victims to go; with scores when it was started to explain. */
  readonly log: string;
  close(): Promise<void>;
}

/** `explains` makes it log the score of every plugin for every node.
 * @throws {ProgramMissing} when one of the programs cannot be had here */
export async function startRealScheduler({
  explains,
}: {
  readonly explains: boolean;
}): Promise<RealScheduler> {
  const plane = await startControlPlane({
    with: ["controller-manager"],
    apiServer: [
      `--disable-admission-plugins=${ADMISSION_OFF}`,
      "--max-requests-inflight=0",
      "--max-mutating-requests-inflight=0",
      "--enable-priority-and-fairness=false",
      "--delete-collection-workers=8",
    ],
    // Somebody has to finish the binding of volumes that the scheduler begins.
    controllerManager: [
      "--controllers=persistentvolume-binder-controller",
      // It looks again at a claim whose volume it did not know yet.
      "--pvclaimbinder-sync-period=300ms",
      `--kube-api-qps=${CLIENT_LIMIT}`,
      `--kube-api-burst=${CLIENT_LIMIT}`,
    ],
  });
  const extender = new Extender();
  const client = createHttpClient(loadKubeconfig({ path: plane.kubeconfig }));
  try {
    await startScheduler(plane, await extender.listen(), explains);
  } catch (error) {
    extender.close();
    client.close();
    await plane.close();
    throw error;
  }
  const close = async () => {
    client.close();
    await plane.close();
    extender.close();
  };
  return { client, extender, log: logFile(plane.folder, "kube-scheduler"), close };
}

async function startScheduler(plane: ControlPlane, extenderUrl: string, explains: boolean): Promise<void> {
  const configuration = join(plane.folder, "kube-scheduler.yaml");
  writeFileSync(configuration, stringify(configurationOf(plane.kubeconfig, extenderUrl)));
  startProcess({
    folder: plane.folder,
    name: "kube-scheduler",
    command: [
      await program("kube-scheduler"),
      `--config=${configuration}`,
      "--secure-port=0",
      `--v=${explains ? 10 : 0}`,
      "--vmodule=eventhandlers=3,preemption=2",
    ],
  });
}

function configurationOf(kubeconfig: string, extenderUrl: string): object {
  const candidates = { minCandidateNodesPercentage: 100, minCandidateNodesAbsolute: NODES_MAX };
  const profile = (schedulerName: string) => ({
    schedulerName,
    pluginConfig: [{ name: "DefaultPreemption", args: candidates }],
  });
  return {
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig, qps: CLIENT_LIMIT, burst: CLIENT_LIMIT },
    leaderElection: { leaderElect: false },
    percentageOfNodesToScore: 100,
    profiles: ["default-scheduler", SECOND_PROFILE].map(profile),
    extenders: [
      {
        urlPrefix: extenderUrl,
        filterVerb: "filter",
        preemptVerb: "preempt",
        nodeCacheCapable: true,
        httpTimeout: "60s",
      },
    ],
  };
}
