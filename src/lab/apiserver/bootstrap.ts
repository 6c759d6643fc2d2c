import type { Kind } from "../../kube/kind.ts";
import { configMaps, namespaces, priorityClasses, services } from "../../kube/kinds.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Draft } from "./api.ts";

/** An object that every cluster has from the start. */
export interface BootstrapObject {
  readonly kind: Kind;
  readonly draft: Draft<KubeObject> & Readonly<Record<string, unknown>>;
}

const NAMESPACES = ["kube-system", "kube-public", "kube-node-lease", "default"];

/** What kube-apiserver makes when it starts on an empty store, in that order; `today` as in 2026-01-31. */
export function bootstrapObjects(today: string): readonly BootstrapObject[] {
  return [
    ...NAMESPACES.map((name) => ({
      kind: namespaces as Kind,
      draft: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    })),
    priorityClass(
      "system-node-critical",
      2_000_001_000,
      "Used for system critical pods that must not be moved from their current node.",
    ),
    priorityClass(
      "system-cluster-critical",
      2_000_000_000,
      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
    {
      kind: services as Kind,
      draft: {
        apiVersion: "v1",
        kind: "Service",
        metadata: {
          name: "kubernetes",
          namespace: "default",
          labels: { component: "apiserver", provider: "kubernetes" },
        },
        spec: {
          type: "ClusterIP",
          clusterIP: "10.96.0.1",
          sessionAffinity: "None",
          ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: 6443 }],
        },
      },
    },
    {
      // Who cleans up after tokens in Secrets looks here for the day since when their use is noted.
      kind: configMaps as Kind,
      draft: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: "kube-apiserver-legacy-service-account-token-tracking",
          namespace: "kube-system",
        },
        data: { since: today },
      },
    },
  ];
}

function priorityClass(name: string, value: number, description: string): BootstrapObject {
  return {
    kind: priorityClasses as Kind,
    draft: {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name },
      value,
      description,
    },
  };
}
