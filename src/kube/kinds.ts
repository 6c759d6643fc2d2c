/**
 * The one table of kinds: every resource of a Kubernetes 1.34, generated from a real API server's discovery
 * (`scripts/generate-kinds.mjs`), and a typed name for those that Holdfast acts on. Custom kinds are added at run time,
 * to a `KindRegistry` of a lab's own, never to this table.
 */
import { readFileSync } from "node:fs";
import { invariant } from "../base/invariant.ts";
import type { Kind } from "./kind.ts";
import type * as k from "./types/index.ts";

const TABLE: readonly Kind[] = JSON.parse(
  readFileSync(new URL("./kinds.data.json", import.meta.url), "utf8"),
);

/** Since 1.24 new versions that may yet change are off unless they are asked for. */
const isBeta = ({ version }: Kind) => version.includes("beta");

/** Every kind that a stock server has, in the order in which discovery tells them. */
export const KINDS: readonly Kind[] = TABLE.filter((row) => !isBeta(row));

/** Kinds that a server has only when it is started with flags for them. */
export const OPTIONAL_KINDS: readonly Kind[] = TABLE.filter(isBeta);

const byName = new Map(TABLE.map((row) => [`${row.group}/${row.version}/${row.kind}`, row]));

/** The row of an object's `apiVersion` and `kind`, built in kinds only, optional ones too. */
export function findKind(apiVersion: string, kind: string): Kind | undefined {
  return byName.get(apiVersion.includes("/") ? `${apiVersion}/${kind}` : `/${apiVersion}/${kind}`);
}

function kind<T extends k.KubeObject>(apiVersion: string, name: string): Kind<T> {
  const row = findKind(apiVersion, name);
  invariant(row, `The table of kinds has no ${apiVersion} ${name}`);
  return row as Kind<T>;
}

export const configMaps = kind<k.ConfigMap>("v1", "ConfigMap");
export const endpoints = kind<k.Endpoints>("v1", "Endpoints");
export const events = kind<k.Event>("v1", "Event");
export const limitRanges = kind<k.LimitRange>("v1", "LimitRange");
export const namespaces = kind<k.Namespace>("v1", "Namespace");
export const nodes = kind<k.Node>("v1", "Node");
export const persistentVolumeClaims = kind<k.PersistentVolumeClaim>("v1", "PersistentVolumeClaim");
export const persistentVolumes = kind<k.PersistentVolume>("v1", "PersistentVolume");
export const pods = kind<k.Pod>("v1", "Pod");
export const replicationControllers = kind<k.ReplicationController>("v1", "ReplicationController");
export const resourceQuotas = kind<k.ResourceQuota>("v1", "ResourceQuota");
export const secrets = kind<k.Secret>("v1", "Secret");
export const serviceAccounts = kind<k.ServiceAccount>("v1", "ServiceAccount");
export const services = kind<k.Service>("v1", "Service");
export const controllerRevisions = kind<k.ControllerRevision>("apps/v1", "ControllerRevision");
export const daemonSets = kind<k.DaemonSet>("apps/v1", "DaemonSet");
export const deployments = kind<k.Deployment>("apps/v1", "Deployment");
export const replicaSets = kind<k.ReplicaSet>("apps/v1", "ReplicaSet");
export const statefulSets = kind<k.StatefulSet>("apps/v1", "StatefulSet");
export const jobs = kind<k.Job>("batch/v1", "Job");
export const cronJobs = kind<k.CronJob>("batch/v1", "CronJob");
export const podDisruptionBudgets = kind<k.PodDisruptionBudget>("policy/v1", "PodDisruptionBudget");
export const horizontalPodAutoscalers = kind<k.HorizontalPodAutoscaler>(
  "autoscaling/v2",
  "HorizontalPodAutoscaler",
);
export const leases = kind<k.Lease>("coordination.k8s.io/v1", "Lease");
export const endpointSlices = kind<k.EndpointSlice>("discovery.k8s.io/v1", "EndpointSlice");
export const priorityClasses = kind<k.PriorityClass>("scheduling.k8s.io/v1", "PriorityClass");
export const networkPolicies = kind<k.NetworkPolicy>("networking.k8s.io/v1", "NetworkPolicy");
export const roles = kind<k.Role>("rbac.authorization.k8s.io/v1", "Role");
export const roleBindings = kind<k.RoleBinding>("rbac.authorization.k8s.io/v1", "RoleBinding");
export const clusterRoles = kind<k.ClusterRole>("rbac.authorization.k8s.io/v1", "ClusterRole");
export const clusterRoleBindings = kind<k.ClusterRoleBinding>(
  "rbac.authorization.k8s.io/v1",
  "ClusterRoleBinding",
);
export const runtimeClasses = kind<k.RuntimeClass>("node.k8s.io/v1", "RuntimeClass");
export const storageClasses = kind<k.StorageClass>("storage.k8s.io/v1", "StorageClass");
export const volumeAttachments = kind<k.VolumeAttachment>("storage.k8s.io/v1", "VolumeAttachment");
export const csiNodes = kind<k.CSINode>("storage.k8s.io/v1", "CSINode");
export const csiDrivers = kind<k.CSIDriver>("storage.k8s.io/v1", "CSIDriver");
export const csiStorageCapacities = kind<k.CSIStorageCapacity>("storage.k8s.io/v1", "CSIStorageCapacity");
export const customResourceDefinitions = kind<k.CustomResourceDefinition>(
  "apiextensions.k8s.io/v1",
  "CustomResourceDefinition",
);
