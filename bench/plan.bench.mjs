// How long it takes to plan a policy for 1,000 workloads and to prove what losses do before and after it, against one run of a lab
// with the same cluster: the workloads are made, start, and a node is lost until its pods run elsewhere.
import { knownTraits } from "../dist/drill/known-traits.js";
import { proverLike } from "../dist/harden/checks/check-cluster.js";
import { planPolicies } from "../dist/harden/policy/plan-policies.js";
import { provePlans } from "../dist/harden/policy/plan-proof.js";
import { POLICY_KINDS } from "../dist/kube/holdfast-kinds.js";
import { deployments, nodes, pods, replicaSets, services } from "../dist/kube/kinds.js";
import { createLab } from "../dist/lab/lab.js";
import { modelOf } from "../dist/prove/model-of.js";
import { DEFAULT_NODES } from "../dist/prove/stage/assumed-nodes.js";
import { ClusterView } from "../dist/view/cluster-view.js";
import { deployment, report, service } from "./support.mjs";

const NODES = 50;
const WORKLOADS = 1_000;
const RUNS = 3;
const KINDS = [nodes, deployments, replicaSets, pods, services];

/** Processor time of a call, in milliseconds: what else runs on the machine does not count. */
function worked(run) {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1_000 };
}

/** As manifests say it: whoever made it in the lab would be asked first. */
function ownedByNobody({ metadata: { managedFields: _, ...metadata }, ...object }) {
  return { ...object, metadata };
}

/** The cluster once everything runs, and the time from its making until all pods of a lost node run elsewhere. */
function lived(seed) {
  const lab = createLab({ seed, nodes: NODES, nodeCpu: "16", nodeMemory: "64Gi" });
  let objects = [];
  const { ms } = worked(() => {
    lab.engine.runFor(5_000);
    for (let i = 0; i < WORKLOADS; i++) {
      lab.api.create(deployments, deployment(`app-${i}`, 1));
      lab.api.create(services, service(`app-${i}`));
    }
    lab.engine.runFor(120_000);
    objects = KINDS.flatMap((kind) => lab.api.list(kind)).map(ownedByNobody);
    lab.failures.fail("node-1", "power-off");
    lab.engine.runFor(600_000);
  });
  const isReady = ({ status }) => status.readyReplicas === 1;
  if (!lab.api.list(deployments).every(isReady))
    throw new Error("The lab did not get everything running again");
  return { objects, ms };
}

const POLICY = {
  apiVersion: "holdfast.dev/v1alpha1",
  kind: POLICY_KINDS[0].kind,
  metadata: { name: "all" },
  spec: { tier: 2, targets: [{ kind: "Deployment" }] },
};

function planned(objects) {
  const view = new ClusterView(objects);
  const plans = planPolicies({
    view,
    policies: [POLICY],
    others: [],
    traitsOf: (workload) => ({
      role: "web",
      sessions: undefined,
      sticky: false,
      ...knownTraits({}, workload),
    }),
    forceConflicts: false,
    includes: () => true,
  });
  const prove = proverLike(modelOf(objects), undefined);
  return provePlans(plans, {
    objects,
    view,
    nodes: DEFAULT_NODES,
    prove: (changed) => prove(modelOf(changed)),
  });
}

const ratios = [];
for (let seed = 1; seed <= RUNS; seed++) {
  const { objects, ms: labMs } = lived(seed);
  const { result, ms } = worked(() => planned(objects));
  const steps = result.plans.flatMap(({ plan }) => plan.steps).length;
  if (steps < 2 * WORKLOADS) throw new Error(`The plan has ${steps} steps for ${WORKLOADS} workloads`);
  ratios.push(ms / labMs);
  if (process.env.BENCH_DETAIL) console.error({ seed, labMs, ms, steps, better: result.proof.better.length });
}
report({
  what: `plan and proof of ${WORKLOADS.toLocaleString("en")} workloads / one run of the lab`,
  ratios,
  bar: 10,
  better: "lower",
  sizes: `${NODES} nodes, ${WORKLOADS.toLocaleString("en")} Deployments, processor time, seeds 1 to ${RUNS}`,
});
