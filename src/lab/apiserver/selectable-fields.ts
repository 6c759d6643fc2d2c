import { type Kind, resourceName } from "../../kube/kind.ts";
import type { Event, KubeObject, Pod, Service } from "../../kube/types/index.ts";
import { type Fields, loose } from "./loose.ts";

/** How the text of each field that a kind can be selected by is read from an object. */
export type SelectableFields = ReadonlyMap<string, (object: KubeObject) => string>;

type Readers = Readonly<Record<string, (object: KubeObject) => string>>;

const NAME: Readers = { "metadata.name": (object) => object.metadata.name };
const META: Readers = { ...NAME, "metadata.namespace": (object) => object.metadata.namespace ?? "" };

const POD: Readers = {
  ...META,
  "spec.nodeName": (pod) => (pod as Pod).spec.nodeName ?? "",
  "spec.host": (pod) => (pod as Pod).spec.nodeName ?? "",
  "spec.restartPolicy": (pod) => (pod as Pod).spec.restartPolicy ?? "",
  "spec.schedulerName": (pod) => (pod as Pod).spec.schedulerName ?? "",
  "spec.serviceAccountName": (pod) => (pod as Pod).spec.serviceAccountName ?? "",
  "spec.hostNetwork": (pod) => String((pod as Pod).spec.hostNetwork === true),
  "status.phase": (pod) => (pod as Pod).status.phase,
  "status.podIP": (pod) => (pod as Pod).status.podIPs?.[0]?.ip ?? (pod as Pod).status.podIP ?? "",
  "status.podIPs": () => "",
  "status.nominatedNodeName": (pod) => (pod as Pod).status.nominatedNodeName ?? "",
};

const INVOLVED = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] as const;

function involved(prefix: string): Readers {
  return Object.fromEntries(
    INVOLVED.map((field) => [
      `${prefix}.${field}`,
      (event: KubeObject) => (event as Event).involvedObject?.[field] ?? "",
    ]),
  );
}

const reportedBy = (event: KubeObject) => (event as Event).reportingComponent ?? "";

const EVENT: Readers = {
  ...META,
  ...involved("involvedObject"),
  reason: (event) => (event as Event).reason ?? "",
  reportingComponent: reportedBy,
  source: (event) => (event as Event).source?.component || reportedBy(event),
  type: (event) => (event as Event).type ?? "",
};

const NEW_EVENT: Readers = {
  ...META,
  ...involved("regarding"),
  reason: (event) => (event as Event).reason ?? "",
  reportingController: reportedBy,
  type: (event) => (event as Event).type ?? "",
};

/** The kinds that can be selected by more, or less, than name and namespace. Everything is read in the stored version. */
const BY_KIND: Readonly<Record<string, Readers>> = {
  pods: POD,
  events: EVENT,
  "events.events.k8s.io": NEW_EVENT,
  nodes: { ...NAME, "spec.unschedulable": (node) => String(specOf(node).unschedulable === true) },
  namespaces: { ...NAME, "status.phase": (namespace) => textOf(loose(namespace).status?.phase) },
  replicationcontrollers: { ...META, "status.replicas": (rc) => String(loose(rc).status?.replicas ?? 0) },
  secrets: { ...META, type: (secret) => textOf(loose(secret).type) },
  services: {
    ...META,
    "spec.clusterIP": (service) => (service as Service).spec.clusterIP ?? "",
    "spec.type": (service) => (service as Service).spec.type,
  },
  "jobs.batch": { ...META, "status.successful": (job) => String(loose(job).status?.succeeded ?? 0) },
  "certificatesigningrequests.certificates.k8s.io": {
    ...NAME,
    "spec.signerName": (request) => textOf(specOf(request).signerName),
  },
  "resourceslices.resource.k8s.io": {
    ...NAME,
    "spec.nodeName": (slice) => textOf(specOf(slice).nodeName),
    "spec.driver": (slice) => textOf(specOf(slice).driver),
  },
};

const FIELDS = new Map(
  Object.entries(BY_KIND).map(([name, readers]) => [name, new Map(Object.entries(readers))]),
);
const GENERAL: SelectableFields = new Map(Object.entries(META));

const custom = new WeakMap<Kind, SelectableFields>();

/** Reads a text, flag or number at a path; what is not there is an empty text. */
function readerOf(path: readonly string[]): (object: KubeObject) => string {
  return (object) => {
    let value: unknown = object;
    for (const field of path) value = (value as Fields | undefined)?.[field];
    return value === undefined || value === null ? "" : String(value);
  };
}

/** What a kind's objects can be selected by, as `AddFieldLabelConversionFunc` of its API package says. */
export function selectableFields(kind: Kind): SelectableFields {
  const found = FIELDS.get(resourceName(kind)) ?? custom.get(kind);
  if (found !== undefined || kind.selectableFields === undefined) return found ?? GENERAL;
  const readers = kind.selectableFields.map(
    (path) => [path.slice(1), readerOf(path.slice(1).split("."))] as const,
  );
  const fields = new Map([...GENERAL, ...readers]);
  custom.set(kind, fields);
  return fields;
}

/** How a kind refuses a field, as worded by its API package. */
export function unsupportedField(kind: Kind, field: string): string {
  const resource = resourceName(kind);
  if (resource === "jobs.batch") return `field label "${field}" not supported for Job`;
  if (resource === "resourceslices.resource.k8s.io") {
    return `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`;
  }
  if (FIELDS.has(resource) || kind.selectableFields !== undefined)
    return `field label not supported: ${field}`;
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function specOf(object: KubeObject): Fields {
  return loose(object).spec ?? {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
