import { humanDuration } from "../../base/duration.ts";
import { formatQuantity } from "../../base/quantity.ts";
import type {
  ConfigMap,
  Lease,
  Namespace,
  PriorityClass,
  ResourceQuota,
  Secret,
  ServiceAccount,
} from "../types/index.ts";
import type { Condition, KubeObject } from "../types/meta.ts";
import { age, sizeOf } from "./cells.ts";
import { AGE, type Cell, column, NAME, printer } from "./printer.ts";

export const namespacePrinter = printer<Namespace>({
  columns: [NAME, column("Status"), AGE],
  cells: (namespace, nowMs) => [
    namespace.metadata.name,
    namespace.status?.phase ?? "",
    age(namespace, nowMs),
  ],
});

export const configMapPrinter = printer<ConfigMap>({
  columns: [NAME, column("Data"), AGE],
  cells: (configMap, nowMs) => [
    configMap.metadata.name,
    sizeOf(configMap.data) + sizeOf(configMap.binaryData),
    age(configMap, nowMs),
  ],
});

export const secretPrinter = printer<Secret>({
  columns: [NAME, column("Type"), column("Data"), AGE],
  cells: (secret, nowMs) => [
    secret.metadata.name,
    secret.type ?? "",
    sizeOf(secret.data),
    age(secret, nowMs),
  ],
});

export const serviceAccountPrinter = printer<ServiceAccount>({
  columns: [NAME, column("Secrets"), AGE],
  cells: (account, nowMs) => [account.metadata.name, account.secrets?.length ?? 0, age(account, nowMs)],
});

export const leasePrinter = printer<Lease>({
  columns: [NAME, column("Holder"), AGE],
  cells: (lease, nowMs) => [lease.metadata.name, lease.spec.holderIdentity ?? "", age(lease, nowMs)],
});

export const priorityClassPrinter = printer<PriorityClass>({
  columns: [
    NAME,
    column("Value", "integer"),
    column("Global-Default", "boolean"),
    AGE,
    column("PreemptionPolicy"),
  ],
  cells: (priority, nowMs) => [
    priority.metadata.name,
    priority.value ?? 0,
    priority.globalDefault ?? false,
    age(priority, nowMs),
    priority.preemptionPolicy ?? "",
  ],
});

interface RuntimeClass extends KubeObject {
  readonly handler: string;
}

export const runtimeClassPrinter = printer<RuntimeClass>({
  columns: [NAME, column("Handler"), AGE],
  cells: (runtime, nowMs) => [runtime.metadata.name, runtime.handler, age(runtime, nowMs)],
});

export const resourceQuotaPrinter = printer<ResourceQuota>({
  columns: [NAME, column("Request"), column("Limit"), AGE],
  cells: (quota, nowMs) => {
    const { hard = {}, used = {} } = quota.status ?? {};
    const lines = (isLimit: boolean) =>
      Object.keys(hard)
        .sort()
        .filter((resource) => resource.startsWith("limits.") === isLimit)
        .map((name) => `${name}: ${formatQuantity(used[name] ?? "0")}/${formatQuantity(hard[name] ?? "0")}`)
        .join(", ");
    return [quota.metadata.name, lines(false), lines(true), age(quota, nowMs)];
  },
});

interface ComponentStatus extends KubeObject {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly message?: string;
    readonly error?: string;
  }[];
}

export const componentStatusPrinter = printer<ComponentStatus>({
  columns: [NAME, column("Status"), column("Message"), column("Error")],
  cells: ({ metadata, conditions = [] }) => {
    const healthy = conditions.find(({ type }) => type === "Healthy");
    if (healthy === undefined) return [metadata.name, "Unknown", "", ""];
    const status = healthy.status === "True" ? "Healthy" : "Unhealthy";
    return [metadata.name, status, healthy.message ?? "", healthy.error ?? ""];
  },
});

interface CertificateSigningRequest extends KubeObject {
  readonly spec: {
    readonly signerName?: string;
    readonly username?: string;
    readonly expirationSeconds?: number;
  };
  readonly status: { readonly conditions?: readonly Condition[]; readonly certificate?: string };
}

export const certificateSigningRequestPrinter = printer<CertificateSigningRequest>({
  columns: [
    NAME,
    AGE,
    column("SignerName"),
    column("Requestor"),
    column("RequestedDuration"),
    column("Condition"),
  ],
  cells: (request, nowMs) => {
    const { signerName, username = "", expirationSeconds } = request.spec;
    return [
      request.metadata.name,
      age(request, nowMs),
      signerName || "<none>",
      username,
      expirationSeconds === undefined ? "<none>" : humanDuration(expirationSeconds * 1_000),
      requestState(request),
    ];
  },
});

function requestState({ status }: CertificateSigningRequest): string {
  const has = (wanted: string) => status?.conditions?.some(({ type }) => type === wanted) ?? false;
  const parts = [has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending"];
  if (has("Failed")) parts.push("Failed");
  if (status?.certificate) parts.push("Issued");
  return parts.join(",");
}

interface ApiService extends KubeObject {
  readonly spec: { readonly service?: { readonly namespace: string; readonly name: string } };
  readonly status: { readonly conditions?: readonly Condition[] };
}

export const apiServicePrinter = printer<ApiService>({
  columns: [NAME, column("Service"), column("Available"), AGE],
  cells: (apiService, nowMs) => {
    const { service } = apiService.spec;
    const available = apiService.status?.conditions?.find(({ type }) => type === "Available");
    const why = available?.status !== "True" && available?.reason ? ` (${available.reason})` : "";
    return [
      apiService.metadata.name,
      service === undefined ? "Local" : `${service.namespace}/${service.name}`,
      `${available?.status ?? "Unknown"}${why}`,
      age(apiService, nowMs),
    ];
  },
});

interface FlowSchema extends KubeObject {
  readonly spec: {
    readonly priorityLevelConfiguration?: { readonly name?: string };
    readonly matchingPrecedence?: number;
    readonly distinguisherMethod?: { readonly type: string } | null;
  };
  readonly status: { readonly conditions?: readonly Condition[] };
}

export const flowSchemaPrinter = printer<FlowSchema>({
  columns: [
    NAME,
    column("PriorityLevel"),
    column("MatchingPrecedence"),
    column("DistinguisherMethod"),
    AGE,
    column("MissingPL"),
  ],
  cells: (schema, nowMs) => [
    schema.metadata.name,
    schema.spec.priorityLevelConfiguration?.name ?? "",
    schema.spec.matchingPrecedence ?? 0,
    schema.spec.distinguisherMethod?.type ?? "<none>",
    age(schema, nowMs),
    schema.status?.conditions?.find(({ type }) => type === "Dangling")?.status ?? "?",
  ],
  // In the order in which requests are matched.
  order: (a, b) =>
    (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0) ||
    (a.metadata.name < b.metadata.name ? -1 : 1),
});

interface PriorityLevelConfiguration extends KubeObject {
  readonly spec: {
    readonly type: string;
    readonly limited?: {
      readonly nominalConcurrencyShares?: number;
      readonly limitResponse?: {
        readonly queuing?: {
          readonly queues?: number;
          readonly handSize?: number;
          readonly queueLengthLimit?: number;
        };
      };
    };
  };
}

export const priorityLevelConfigurationPrinter = printer<PriorityLevelConfiguration>({
  columns: [
    NAME,
    column("Type"),
    column("NominalConcurrencyShares"),
    column("Queues"),
    column("HandSize"),
    column("QueueLengthLimit"),
    AGE,
  ],
  cells: (level, nowMs) => {
    const { limited } = level.spec;
    const queuing = limited?.limitResponse?.queuing;
    const queueCells: Cell[] =
      queuing === undefined
        ? ["<none>", "<none>", "<none>"]
        : [queuing.queues ?? 0, queuing.handSize ?? 0, queuing.queueLengthLimit ?? 0];
    return [
      level.metadata.name,
      level.spec.type,
      limited === undefined ? "<none>" : (limited.nominalConcurrencyShares ?? 0),
      ...queueCells,
      age(level, nowMs),
    ];
  },
});
