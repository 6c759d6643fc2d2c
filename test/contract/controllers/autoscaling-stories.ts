/** Horizontal autoscaling, with and without measurements. */
import { deployments, horizontalPodAutoscalers } from "../../../src/kube/kinds.ts";
import { type Story, template, workload } from "./stage.ts";

const TWO_CONTAINERS = {
  containers: [
    { name: "main", image: "v1", resources: { requests: { cpu: "100m", memory: "64Mi" } } },
    { name: "side", image: "v1", resources: { requests: { cpu: "50m", memory: "64Mi" } } },
  ],
};
const BUSY = { cpuMillicores: 75, memoryBytes: 10_000_000 };
const IDLE = { cpuMillicores: 3, memoryBytes: 1_000_000 };

const app = (name: string, replicas: number, spec: object = TWO_CONTAINERS) =>
  workload(name, { replicas, template: template(name, {}, { ...spec }) });
const autoscaler = (name: string, spec: object, target: object = {}) => ({
  metadata: { name },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name, ...target },
    maxReplicas: 6,
    ...spec,
  },
});
const cpu = (averageUtilization: number) => ({
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization } },
});
const containerCpu = (container: string) => ({
  type: "ContainerResource",
  containerResource: { name: "cpu", container, target: { type: "Utilization", averageUtilization: 60 } },
});
const HITS = {
  type: "Pods",
  pods: { metric: { name: "hits" }, target: { type: "AverageValue", averageValue: "5" } },
};
const memory = (target: object) => ({ type: "Resource", resource: { name: "memory", target } });

export const autoscalingStories: readonly Story[] = [
  {
    name: "by what pods use",
    async tell(stage) {
      const names = ["share", "value", "container", "slow"];
      for (const name of names) {
        await stage.create(deployments, app(name, 2));
        await stage.use(name, BUSY);
      }
      await stage.elapse(21);
      const quickDown = {
        stabilizationWindowSeconds: 0,
        policies: [{ type: "Pods", value: 1, periodSeconds: 15 }],
      };
      const oneByOne = { policies: [{ type: "Pods", value: 1, periodSeconds: 15 }] };
      const careful = {
        stabilizationWindowSeconds: 30,
        selectPolicy: "Min",
        policies: [
          { type: "Percent", value: 50, periodSeconds: 15 },
          { type: "Pods", value: 4, periodSeconds: 60 },
        ],
      };
      const create = (name: string, spec: object) =>
        stage.create(horizontalPodAutoscalers, autoscaler(name, spec));
      await create("share", { metrics: [cpu(50)], behavior: { scaleDown: quickDown } });
      await create("value", {
        minReplicas: 2,
        metrics: [memory({ type: "AverageValue", averageValue: "4Mi" })],
        behavior: { scaleUp: oneByOne, scaleDown: { selectPolicy: "Disabled" } },
      });
      await create("container", { metrics: [containerCpu("side")] });
      await create("slow", {
        minReplicas: 3,
        maxReplicas: 20,
        metrics: [cpu(10)],
        behavior: { scaleUp: careful },
      });
      await stage.elapse(8);
      await stage.show("before the first turn");
      for (const turn of ["first", "second", "third", "fourth"]) {
        await stage.elapse(15);
        await stage.show(`after the ${turn} turn`);
      }
      for (const name of names) await stage.use(name, IDLE);
      for (const turn of ["fifth", "sixth", "eighth"]) {
        await stage.elapse(turn === "eighth" ? 30 : 15);
        await stage.show(`idle, after the ${turn} turn`);
      }
    },
  },
  {
    name: "where something is missing",
    async tell(stage) {
      const bare = { containers: [{ name: "main", image: "v1" }] };
      for (const name of ["unknown", "mixed", "steady", "late"])
        await stage.create(deployments, app(name, 2));
      await stage.create(deployments, app("unasked", 1, bare));
      await stage.create(deployments, app("off", 0));
      for (const name of ["unknown", "mixed", "steady", "unasked"]) await stage.use(name, BUSY);
      await stage.elapse(21);
      const create = (name: string, spec: object, target: object = {}) =>
        stage.create(horizontalPodAutoscalers, autoscaler(name, spec, target));
      await create("unknown", { metrics: [containerCpu("none")] });
      const target = { type: "Utilization", averageUtilization: 10 };
      await create("mixed", { metrics: [cpu(50), memory(target), HITS] });
      await create("steady", { metrics: [cpu(95)] });
      await create("late", { metrics: [cpu(50)] });
      await create("unasked", { metrics: [cpu(50)] });
      await create("off", { metrics: [cpu(50)] });
      await create("nobody", {}, { name: "nobody" });
      await create("strange", {}, { kind: "Thing" });
      await create("sizeless", {}, { kind: "DaemonSet" });
      await stage.elapse(23);
      await stage.show("after the first turn");
      await stage.elapse(15);
      await stage.show("after the second turn");
      await stage.use("mixed", IDLE);
      await stage.use("late", { cpuMillicores: 150, memoryBytes: 10_000_000 });
      await stage.change(deployments, "steady", { spec: { replicas: 0 } });
      await stage.elapse(30);
      await stage.show("after the fourth turn");
    },
  },
];
