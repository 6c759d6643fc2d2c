/**
 * Server-side printing: what `kubectl get` shows is made by the API server, as a Table of columns and rows. Every kind that has
 * a printer of its own in Kubernetes has one here, in a file with its like; the others show their name and when they were made.
 *
 * Rows hold what a wide listing shows; clients leave out what they do not want. Nothing here reads a clock: ages count from
 * the moment that is handed in.
 */
import type { Kind } from "../kind.ts";
import type { KubeObject, ListMeta } from "../types/meta.ts";
import { horizontalPodAutoscalerPrinter } from "./autoscalers.ts";
import * as cluster from "./cluster.ts";
import { type CustomColumn, customPrinter } from "./custom.ts";
import * as devices from "./devices.ts";
import { eventPrinter } from "./events.ts";
import * as networking from "./networking.ts";
import { nodePrinter } from "./nodes.ts";
import { podPrinter, podTemplatePrinter } from "./pods.ts";
import * as policies from "./policies.ts";
import { type Cell, type Column, column, NAME, type Printer, type RowCondition } from "./printer.ts";
import * as storage from "./storage.ts";
import * as workloads from "./workloads.ts";

/** By kind and group, "Deployment.apps"; kinds of the core group by their name alone. Versions of a group print alike. */
const PRINTERS: ReadonlyMap<string, Printer> = new Map([
  ["ComponentStatus", cluster.componentStatusPrinter],
  ["ConfigMap", cluster.configMapPrinter],
  ["Endpoints", networking.endpointsPrinter],
  ["Event", eventPrinter],
  ["Event.events.k8s.io", eventPrinter],
  ["Namespace", cluster.namespacePrinter],
  ["Node", nodePrinter],
  ["PersistentVolume", storage.persistentVolumePrinter],
  ["PersistentVolumeClaim", storage.persistentVolumeClaimPrinter],
  ["Pod", podPrinter],
  ["PodTemplate", podTemplatePrinter],
  ["ReplicationController", workloads.replicationControllerPrinter],
  ["ResourceQuota", cluster.resourceQuotaPrinter],
  ["Secret", cluster.secretPrinter],
  ["Service", networking.servicePrinter],
  ["ServiceAccount", cluster.serviceAccountPrinter],
  ["APIService.apiregistration.k8s.io", cluster.apiServicePrinter],
  ["CertificateSigningRequest.certificates.k8s.io", cluster.certificateSigningRequestPrinter],
  ["ControllerRevision.apps", workloads.controllerRevisionPrinter],
  ["CronJob.batch", workloads.cronJobPrinter],
  ["CSIDriver.storage.k8s.io", storage.csiDriverPrinter],
  ["CSINode.storage.k8s.io", storage.csiNodePrinter],
  ["DaemonSet.apps", workloads.daemonSetPrinter],
  ["Deployment.apps", workloads.deploymentPrinter],
  ["DeviceClass.resource.k8s.io", devices.deviceClassPrinter],
  ["EndpointSlice.discovery.k8s.io", networking.endpointSlicePrinter],
  ["FlowSchema.flowcontrol.apiserver.k8s.io", cluster.flowSchemaPrinter],
  ["HorizontalPodAutoscaler.autoscaling", horizontalPodAutoscalerPrinter],
  ["Ingress.networking.k8s.io", networking.ingressPrinter],
  ["IngressClass.networking.k8s.io", networking.ingressClassPrinter],
  ["IPAddress.networking.k8s.io", networking.ipAddressPrinter],
  ["Job.batch", workloads.jobPrinter],
  ["Lease.coordination.k8s.io", cluster.leasePrinter],
  ["MutatingWebhookConfiguration.admissionregistration.k8s.io", policies.webhookConfigurationPrinter],
  ["NetworkPolicy.networking.k8s.io", networking.networkPolicyPrinter],
  ["PodDisruptionBudget.policy", workloads.podDisruptionBudgetPrinter],
  ["PriorityClass.scheduling.k8s.io", cluster.priorityClassPrinter],
  ["PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io", cluster.priorityLevelConfigurationPrinter],
  ["ReplicaSet.apps", workloads.replicaSetPrinter],
  ["ResourceClaim.resource.k8s.io", devices.resourceClaimPrinter],
  ["ResourceClaimTemplate.resource.k8s.io", devices.deviceClassPrinter],
  ["ResourceSlice.resource.k8s.io", devices.resourceSlicePrinter],
  ["ClusterRoleBinding.rbac.authorization.k8s.io", policies.roleBindingPrinter],
  ["RoleBinding.rbac.authorization.k8s.io", policies.roleBindingPrinter],
  ["RuntimeClass.node.k8s.io", cluster.runtimeClassPrinter],
  ["Scale.autoscaling", workloads.scalePrinter],
  ["ServiceCIDR.networking.k8s.io", networking.serviceCidrPrinter],
  ["StatefulSet.apps", workloads.statefulSetPrinter],
  ["StorageClass.storage.k8s.io", storage.storageClassPrinter],
  ["ValidatingAdmissionPolicy.admissionregistration.k8s.io", policies.validatingAdmissionPolicyPrinter],
  ["ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io", policies.admissionPolicyBindingPrinter],
  ["MutatingAdmissionPolicy.admissionregistration.k8s.io", policies.mutatingAdmissionPolicyPrinter],
  ["MutatingAdmissionPolicyBinding.admissionregistration.k8s.io", policies.admissionPolicyBindingPrinter],
  ["ValidatingWebhookConfiguration.admissionregistration.k8s.io", policies.webhookConfigurationPrinter],
  ["VolumeAttachment.storage.k8s.io", storage.volumeAttachmentPrinter],
  ["VolumeAttributesClass.storage.k8s.io", storage.volumeAttributesClassPrinter],
]);

/** For built-in kinds without a printer. */
const DEFAULT_PRINTER: Printer = {
  columns: [NAME, column("Created At", "date")],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
};

/** Which columns a table has, beyond what its kind says. */
export interface TableColumns {
  /** Of a custom kind: what its definition asks for. Absent for built-in kinds. */
  readonly customColumns?: readonly CustomColumn[] | undefined;
}

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly conditions?: readonly RowCondition[];
}

/** Columns and rows, the rows in the order of the objects. */
export interface RenderedTable {
  readonly columnDefinitions: readonly Column[];
  readonly rows: readonly TableRow[];
}

/** The listing of objects of one kind at a moment. */
export function renderTable(
  kind: Pick<Kind, "group" | "kind">,
  objects: readonly KubeObject[],
  nowMs: number,
  { customColumns }: TableColumns = {},
): RenderedTable {
  const { columns, cells, conditions } =
    customColumns === undefined ? printerOf(kind) : customPrinter(customColumns);
  const rows = objects.map((object) => {
    const said = conditions?.(object);
    return { cells: cells(object, nowMs), ...(said !== undefined && { conditions: said }) };
  });
  return { columnDefinitions: columns, rows };
}

function printerOf({ group, kind }: Pick<Kind, "group" | "kind">): Printer {
  return PRINTERS.get(group === "" ? kind : `${kind}.${group}`) ?? DEFAULT_PRINTER;
}

export interface TableOptions extends TableColumns {
  readonly nowMs: number;
  /** What of an object its row carries along: its metadata unless told otherwise. */
  readonly includeObject?: "None" | "Metadata" | "Object" | undefined;
  /** Of the list that the objects came from. */
  readonly metadata?: ListMeta | undefined;
}

const META_VERSION = "meta.k8s.io/v1";

/** A meta.k8s.io/v1 Table, as it goes over the wire. */
export interface Table {
  readonly kind: "Table";
  readonly apiVersion: typeof META_VERSION;
  readonly metadata: ListMeta;
  readonly columnDefinitions: readonly Column[];
  readonly rows: readonly (TableRow & { readonly object: object | null })[];
}

/** The Table of some objects of a kind. */
export function tableFor(
  kind: Pick<Kind, "group" | "kind">,
  objects: readonly KubeObject[],
  { nowMs, includeObject = "Metadata", metadata = {}, customColumns }: TableOptions,
): Table {
  const { order } = printerOf(kind);
  const sorted = order === undefined ? objects : [...objects].sort(order);
  const { columnDefinitions, rows } = renderTable(kind, sorted, nowMs, { customColumns });
  return {
    kind: "Table",
    apiVersion: META_VERSION,
    metadata,
    columnDefinitions,
    rows: rows.map((row, i) => ({ ...row, object: included(sorted[i] as KubeObject, includeObject) })),
  };
}

function included(object: KubeObject, what: "None" | "Metadata" | "Object"): object | null {
  if (what === "None") return null;
  if (what === "Object") return object;
  return { kind: "PartialObjectMetadata", apiVersion: META_VERSION, metadata: object.metadata };
}
