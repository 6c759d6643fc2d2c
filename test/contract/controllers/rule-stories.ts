/** Budgets, quotas and the end of a namespace. */
import {
  configMaps,
  deployments,
  jobs,
  podDisruptionBudgets,
  pods,
  replicaSets,
  resourceQuotas,
} from "../../../src/kube/kinds.ts";
import { podSpec, type Story, template, workload } from "./stage.ts";

const budget = (name: string, spec: object) => ({
  metadata: { name },
  spec: { selector: { matchLabels: { app: name } }, ...spec },
});

export const ruleStories: readonly Story[] = [
  {
    name: "budgets over all sorts of pods",
    async tell(stage) {
      await stage.create(podDisruptionBudgets, budget("web", { minAvailable: "50%" }));
      await stage.elapse(2);
      await stage.show("over nothing");
      await stage.create(deployments, workload("web", { replicas: 3 }));
      await stage.elapse(8);
      await stage.show("over a Deployment");
      await stage.create(podDisruptionBudgets, budget("lone", { maxUnavailable: 1 }));
      await stage.elapse(1);
      await stage.create(pods, { metadata: { name: "lone", labels: { app: "lone" } }, spec: podSpec() });
      await stage.elapse(3);
      await stage.show("over a pod that nobody manages");
      const { metadata, spec } = template("lone", {}, { restartPolicy: "Never" });
      await stage.create(jobs, { metadata: { name: "job" }, spec: { template: { metadata, spec } } });
      await stage.elapse(4);
      await stage.show("over a Job's pod");
    },
  },
  {
    name: "evictions against a budget",
    async tell(stage) {
      await stage.create(deployments, workload("web", { replicas: 3 }));
      await stage.create(podDisruptionBudgets, budget("web", { minAvailable: 2 }));
      await stage.elapse(8);
      await stage.show("created");
      await stage.evict("web");
      await stage.elapse(0.4);
      await stage.show("one evicted");
      await stage.evict("web");
      await stage.elapse(8);
      await stage.show("whole again");
      await stage.change(podDisruptionBudgets, "web", { spec: { minAvailable: "100%" } });
      await stage.elapse(2);
      await stage.evict("web");
      await stage.elapse(1);
      await stage.show("none may go");
      await stage.change(deployments, "web", { spec: { replicas: 0 } });
      await stage.elapse(5);
      await stage.show("none there");
    },
  },
  {
    name: "a quota that is reached",
    async tell(stage) {
      const hard = { pods: "2", "count/deployments.apps": "3", services: "1", "requests.storage": "5Gi" };
      await stage.create(resourceQuotas, { metadata: { name: "q" }, spec: { hard } });
      await stage.elapse(2);
      await stage.show("empty");
      await stage.create(deployments, workload("web", { replicas: 3 }));
      await stage.elapse(8);
      await stage.show("reached");
      await stage.delete(deployments, "web", "Background");
      await stage.elapse(6);
      await stage.show("freed");
      await stage.create(replicaSets, workload("rs", { replicas: 1 }));
      await stage.elapse(5);
      await stage.show("used anew");
    },
  },
  {
    name: "a namespace that is held by a pod and by a finalizer",
    async tell(stage) {
      await stage.create(configMaps, { metadata: { name: "held", finalizers: ["example.com/hold"] } });
      const annotations = { "story/stop": "9000" };
      await stage.create(pods, { metadata: { name: "p", annotations }, spec: podSpec() });
      await stage.elapse(4);
      await stage.deleteNamespace();
      await stage.elapse(1);
      await stage.show("leaving");
      await stage.elapse(6);
      await stage.show("waits for its pod");
      await stage.elapse(30);
      await stage.show("waits for the finalizer");
      await stage.change(configMaps, "held", { metadata: { finalizers: null } });
      await stage.elapse(20);
      await stage.show("gone");
    },
  },
];
