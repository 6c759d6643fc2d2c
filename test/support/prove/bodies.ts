/** Short forms of the objects that changes are tried on; the API server completes them. */
import type { Body } from "./change-lab.ts";

const HOST = "kubernetes.io/hostname";
export const ZONE = "topology.kubernetes.io/zone";

export interface PodOptions {
  /** Keeps pods of the same app apart by that label of nodes. */
  readonly apart?: string;
  /** As far as that is possible. */
  readonly apartIfPossible?: string;
  readonly spread?: Readonly<Record<string, unknown>>;
  readonly cpu?: string;
  readonly claim?: string;
  readonly image?: string;
  readonly port?: number;
  readonly selector?: Readonly<Record<string, string>>;
  readonly priority?: string;
  readonly tolerations?: readonly unknown[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AppOptions extends PodOptions {
  readonly name?: string;
  readonly surge?: number | string;
  readonly unavailable?: number | string;
  readonly recreate?: boolean;
}

function template(app: string, options: PodOptions) {
  const { apart, apartIfPossible, spread, cpu, claim, image = "nginx:1.27", port, selector } = options;
  const labelSelector = { matchLabels: { app } };
  const antiAffinity = {
    ...(apart && {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: apart, labelSelector }],
    }),
    ...(apartIfPossible && {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { topologyKey: apartIfPossible, labelSelector } },
      ],
    }),
  };
  return {
    metadata: { labels: { app, ...options.labels } },
    spec: {
      containers: [
        {
          name: "main",
          image,
          ...(cpu && { resources: { requests: { cpu } } }),
          ...(port && { ports: [{ containerPort: port, hostPort: port }] }),
          ...(claim && { volumeMounts: [{ name: "data", mountPath: "/data" }] }),
        },
      ],
      ...((apart ?? apartIfPossible) && { affinity: { podAntiAffinity: antiAffinity } }),
      ...(spread && {
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: "DoNotSchedule", labelSelector, ...spread },
        ],
      }),
      ...(claim && { volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }] }),
      ...(selector && { nodeSelector: selector }),
      ...(options.priority && { priorityClassName: options.priority }),
      ...(options.tolerations && { tolerations: options.tolerations }),
    },
  };
}

/** A Deployment "web". */
export function web(replicas: number, options: AppOptions = {}): Body {
  const { name = "web", surge, unavailable, recreate } = options;
  const rollingUpdate = {
    ...(surge !== undefined && { maxSurge: surge }),
    ...(unavailable !== undefined && { maxUnavailable: unavailable }),
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      strategy: recreate ? { type: "Recreate" } : { type: "RollingUpdate", rollingUpdate },
      template: template(name, options),
    },
  };
}

export interface SetOptions extends PodOptions {
  readonly name?: string;
  readonly parallel?: boolean;
  readonly partition?: number;
  readonly onDelete?: boolean;
  /** A volume of that class for each. */
  readonly storage?: string;
}

/** A StatefulSet "db". */
export function db(replicas: number, options: SetOptions = {}): Body {
  const { name = "db", parallel, partition, onDelete, storage } = options;
  const made = template(name, options);
  const [container] = made.spec.containers;
  const mounted = { ...container, volumeMounts: [{ name: "data", mountPath: "/data" }] };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name },
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      ...(parallel && { podManagementPolicy: "Parallel" }),
      updateStrategy: onDelete
        ? { type: "OnDelete" }
        : { type: "RollingUpdate", ...(partition !== undefined && { rollingUpdate: { partition } }) },
      template: storage ? { ...made, spec: { ...made.spec, containers: [mounted] } } : made,
      ...(storage && { volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claimSpec(storage) }] }),
    },
  };
}

/** A DaemonSet "agent". */
export function agent(
  options: PodOptions & { readonly surge?: number; readonly onDelete?: boolean } = {},
): Body {
  const { surge, onDelete } = options;
  const rollingUpdate = { maxSurge: surge ?? 0, maxUnavailable: surge ? 0 : 1 };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent" },
    spec: {
      selector: { matchLabels: { app: "agent" } },
      updateStrategy: onDelete ? { type: "OnDelete" } : { type: "RollingUpdate", rollingUpdate },
      template: template("agent", options),
    },
  };
}

/** A bare pod. */
export function alone(name: string, options: PodOptions = {}): Body {
  const { metadata, spec } = template(name, options);
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name }, spec };
}

/** A budget for the pods of an app. */
export function budget(
  app: string,
  allows: {
    readonly min?: number | string;
    readonly max?: number | string;
    readonly always?: boolean;
    readonly name?: string;
    readonly selector?: Readonly<Record<string, string>>;
  },
): Body {
  const { min, max, always, name = app, selector = { app } } = allows;
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name },
    spec: {
      selector: { matchLabels: selector },
      ...(min !== undefined && { minAvailable: min }),
      ...(max !== undefined && { maxUnavailable: max }),
      ...(always && { unhealthyPodEvictionPolicy: "AlwaysAllow" }),
    },
  };
}

const PROVISIONERS: Readonly<Record<string, string>> = {
  block: "driver.longhorn.io",
  local: "rancher.io/local-path",
  shared: "nfs.csi.k8s.io",
};

/** A storage class: "block" can follow its pod, "local" cannot, "shared" is everywhere. */
export function storage(name: "block" | "local" | "shared"): Body {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name },
    provisioner: PROVISIONERS[name],
    volumeBindingMode: name === "local" ? "WaitForFirstConsumer" : "Immediate",
  };
}

function claimSpec(storageClassName: string, mode = "ReadWriteOnce") {
  return { storageClassName, accessModes: [mode], resources: { requests: { storage: "1Gi" } } };
}

export function claim(name: string, storageClassName: string, mode?: string): Body {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: claimSpec(storageClassName, mode),
  };
}

/** A priority class of that value. */
export function priorityClass(name: string, value: number): Body {
  return { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name }, value };
}

export { HOST };
