/** Deployments, ReplicaSets, StatefulSets and DaemonSets: coming up, changing, failing and going. */
import {
  daemonSets,
  deployments,
  pods,
  replicaSets,
  replicationControllers,
  statefulSets,
} from "../../../src/kube/kinds.ts";
import { podSpec, type Story, template, withImage, workload } from "./stage.ts";

const inTemplate = (annotations: object) => ({ spec: { template: { metadata: { annotations } } } });
const claimTemplate = {
  metadata: { name: "data" },
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "none",
    resources: { requests: { storage: "1Gi" } },
  },
};

export const workloadStories: readonly Story[] = [
  {
    name: "a Deployment, updated, scaled, broken and mended",
    async tell(stage) {
      await stage.create(deployments, workload("web", { replicas: 3 }));
      await stage.elapse(8);
      await stage.show("created");
      await stage.change(deployments, "web", withImage("v2"));
      await stage.elapse(22);
      await stage.show("updated");
      await stage.change(deployments, "web", { spec: { replicas: 5 } });
      await stage.elapse(8);
      await stage.show("scaled");
      const { spec } = inTemplate({ "story/never": "1" });
      await stage.change(deployments, "web", { spec: { ...spec, progressDeadlineSeconds: 8 } });
      await stage.elapse(5);
      await stage.show("broken");
      await stage.elapse(10);
      await stage.show("past its deadline");
      await stage.change(deployments, "web", inTemplate({ "story/never": null }));
      await stage.elapse(12);
      await stage.show("mended");
      await stage.change(deployments, "web", { spec: { paused: true } });
      await stage.elapse(2);
      await stage.show("paused");
      await stage.change(deployments, "web", { spec: { paused: false } });
      await stage.elapse(3);
      await stage.show("resumed");
    },
  },
  {
    name: "a Deployment that is recreated",
    async tell(stage) {
      await stage.create(
        deployments,
        workload("web", { replicas: 3, strategy: { type: "Recreate" }, minReadySeconds: 3 }),
      );
      await stage.elapse(4);
      await stage.show("ready, not available");
      await stage.elapse(8);
      await stage.show("created");
      await stage.change(deployments, "web", { metadata: { annotations: { note: "x" } } });
      const { template } = withImage("v2").spec as { readonly template: object };
      await stage.change(deployments, "web", { spec: { revisionHistoryLimit: 0, template } });
      await stage.elapse(14);
      await stage.show("updated");
      await stage.change(deployments, "web", { spec: { replicas: 0 } });
      await stage.elapse(6);
      await stage.show("without pods");
    },
  },
  {
    name: "a Deployment scaled in the middle of a rollout",
    async tell(stage) {
      const strategy = { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
      await stage.create(deployments, workload("web", { replicas: 10, strategy }));
      await stage.elapse(8);
      await stage.change(deployments, "web", inTemplate({ "story/never": "1" }));
      await stage.elapse(4);
      await stage.show("broken");
      await stage.change(deployments, "web", { spec: { replicas: 15 } });
      await stage.elapse(5);
      await stage.show("grown");
      await stage.change(deployments, "web", { spec: { replicas: 6 } });
      await stage.elapse(5);
      await stage.show("shrunk");
      const { template } = withImage("v2").spec as { readonly template: object };
      await stage.change(deployments, "web", { spec: { paused: true, template } });
      await stage.elapse(2);
      await stage.change(deployments, "web", { spec: { replicas: 12 } });
      await stage.elapse(4);
      await stage.show("grown while paused");
    },
  },
  {
    name: "ReplicaSet and ReplicationController, adopting and letting go",
    async tell(stage) {
      const labels = (app: string) => ({ metadata: { labels: { app } } });
      await stage.create(pods, { metadata: { name: "alone", labels: { app: "rs" } }, spec: podSpec() });
      await stage.create(replicaSets, workload("rs", { replicas: 2, minReadySeconds: 2 }));
      await stage.elapse(6);
      await stage.show("adopted");
      await stage.change(pods, "alone", labels("other"));
      await stage.elapse(6);
      await stage.show("released");
      await stage.change(pods, "alone", labels("rs"));
      await stage.elapse(4);
      await stage.show("one too many");
      const { spec } = workload("rc", { replicas: 2, selector: { app: "rc" } });
      await stage.create(replicationControllers, { metadata: { name: "rc" }, spec });
      await stage.elapse(4);
      await stage.show("the old kind");
      await stage.delete(replicationControllers, "rc", "Orphan");
      await stage.elapse(3);
      await stage.show("orphans");
      await stage.delete(replicaSets, "rs", "Foreground");
      await stage.elapse(0.5);
      await stage.show("going, pods first");
      await stage.elapse(3);
      await stage.show("gone");
    },
  },
  {
    name: "a StatefulSet that updates and shrinks",
    async tell(stage) {
      await stage.create(statefulSets, workload("db", { replicas: 2, serviceName: "db" }));
      await stage.elapse(9);
      await stage.show("created");
      await stage.change(statefulSets, "db", withImage("v2"));
      await stage.elapse(3);
      await stage.show("updating");
      await stage.elapse(12);
      await stage.show("updated");
      await stage.change(statefulSets, "db", { spec: { replicas: 1 } });
      await stage.elapse(5);
      await stage.show("shrunk");
    },
  },
  {
    name: "a StatefulSet stuck at a broken pod",
    async tell(stage) {
      await stage.create(
        statefulSets,
        workload("db", { replicas: 3, minReadySeconds: 2, serviceName: "db" }),
      );
      await stage.elapse(16);
      await stage.show("created");
      await stage.change(statefulSets, "db", inTemplate({ "story/never": "1" }));
      await stage.elapse(6);
      await stage.show("broken");
      await stage.change(statefulSets, "db", inTemplate({ "story/never": null }));
      await stage.elapse(5);
      await stage.show("stuck, though mended");
      await stage.delete(pods, "db-2");
      await stage.elapse(14);
      await stage.show("freed by hand");
      const { template } = withImage("v3").spec as { readonly template: object };
      const updateStrategy = { rollingUpdate: { partition: 2 } };
      await stage.change(statefulSets, "db", { spec: { updateStrategy, template } });
      await stage.elapse(10);
      await stage.show("updated down to the partition");
      await stage.change(statefulSets, "db", { spec: { replicas: 0 } });
      await stage.elapse(10);
      await stage.show("without pods");
    },
  },
  {
    name: "a StatefulSet in parallel, updated by hand",
    async tell(stage) {
      const own = { podManagementPolicy: "Parallel", ordinals: { start: 5 }, revisionHistoryLimit: 1 };
      const updateStrategy = { type: "OnDelete" };
      await stage.create(
        statefulSets,
        workload("db", { ...own, replicas: 3, updateStrategy, serviceName: "db" }),
      );
      await stage.elapse(6);
      await stage.show("created");
      await stage.change(statefulSets, "db", withImage("v2"));
      await stage.elapse(3);
      await stage.show("nothing happens");
      await stage.delete(pods, "db-6");
      await stage.elapse(5);
      await stage.show("one is new");
      await stage.change(statefulSets, "db", withImage("v3"));
      await stage.elapse(3);
      await stage.change(statefulSets, "db", withImage("v4"));
      await stage.elapse(3);
      await stage.show("more history than is kept");
      await stage.change(statefulSets, "db", { spec: { ordinals: { start: 6 } } });
      await stage.elapse(6);
      await stage.show("counted from another number");
    },
  },
  {
    name: "a StatefulSet's claims",
    async tell(stage) {
      await stage.create(
        statefulSets,
        workload("db", {
          replicas: 2,
          // They have no volumes and so no node; what becomes of their claims is the point.
          template: template("db", { "story/never": "1" }),
          podManagementPolicy: "Parallel",
          serviceName: "db",
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
          volumeClaimTemplates: [claimTemplate],
        }),
      );
      await stage.elapse(3);
      await stage.show("created");
      await stage.change(statefulSets, "db", {
        spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" } },
      });
      await stage.elapse(3);
      await stage.show("kept when it shrinks");
    },
  },
  {
    name: "a DaemonSet that updates, one node at a time",
    async tell(stage) {
      await stage.create(daemonSets, workload("agent"));
      await stage.elapse(6);
      await stage.show("created");
      await stage.change(daemonSets, "agent", withImage("v2"));
      await stage.elapse(20);
      await stage.show("updated");
    },
  },
  {
    name: "a DaemonSet that updates with a second pod on each node",
    async tell(stage) {
      const updateStrategy = { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
      await stage.create(daemonSets, workload("agent", { minReadySeconds: 2, updateStrategy }));
      await stage.elapse(8);
      await stage.show("created");
      await stage.change(daemonSets, "agent", withImage("v2"));
      await stage.elapse(28);
      await stage.show("updated");
      await stage.change(daemonSets, "agent", {
        spec: { template: { spec: { nodeSelector: { nowhere: "" } } } },
      });
      await stage.elapse(6);
      await stage.show("wanted nowhere");
    },
  },
  {
    name: "a DaemonSet whose pods fail",
    async tell(stage) {
      const failing = template("agent", { "story/exit": "1", "story/run": "500" });
      await stage.create(daemonSets, workload("agent", { template: failing }));
      await stage.elapse(12);
      await stage.show("failing");
      await stage.change(daemonSets, "agent", inTemplate({ "story/exit": null }));
      await stage.elapse(25);
      await stage.show("mended");
    },
  },
];
