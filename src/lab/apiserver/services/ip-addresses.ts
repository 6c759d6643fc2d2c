import type { Kind } from "../../../kube/kind.ts";
import { findKind } from "../../../kube/kinds.ts";
import type { Service } from "../../../kube/types/index.ts";
import type { Api, Draft } from "../api.ts";
import type { Collection } from "../collection.ts";
import type { Store } from "../store.ts";
import { addressesOf, SERVICE_CIDR } from "./service-allocator.ts";

const IP_ADDRESSES = findKind("networking.k8s.io/v1", "IPAddress") as Kind;
const SERVICE_CIDRS = findKind("networking.k8s.io/v1", "ServiceCIDR") as Kind;

/** Shows every cluster IP that is handed out as an IPAddress object that names its Service. */
export function publishIpAddresses(api: Api, store: Store, services: Collection): void {
  store.onCommit(services, ({ object, previous, type }) => {
    const before = previous === undefined ? [] : addressesOf(previous as Service);
    const after = type === "DELETED" ? [] : addressesOf(object as Service);
    for (const address of before) {
      const isGone = !after.includes(address) && api.get(IP_ADDRESSES, undefined, address) !== undefined;
      if (isGone) api.delete(IP_ADDRESSES, undefined, address);
    }
    for (const address of after) {
      if (!before.includes(address)) api.create(IP_ADDRESSES, ipAddress(address, object as Service));
    }
  });
}

function ipAddress(address: string, { metadata }: Service): Draft {
  const { namespace, name } = metadata;
  const draft = {
    apiVersion: "networking.k8s.io/v1",
    kind: "IPAddress",
    metadata: {
      name: address,
      labels: {
        "ipaddress.kubernetes.io/ip-family": "IPv4",
        "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
      },
    },
    spec: { parentRef: { group: "", resource: "services", namespace, name } },
  };
  return draft;
}

/** The range itself, as an object. Its controller would find nothing to say but that it is ready. */
export function publishServiceCidr(api: Api, now: string): void {
  const finalizers = ["networking.k8s.io/service-cidr-finalizer"];
  const ready = {
    type: "Ready",
    status: "True",
    lastTransitionTime: now,
    reason: "",
    message: "Kubernetes Service CIDR is ready",
  };
  const draft = {
    apiVersion: "networking.k8s.io/v1",
    kind: "ServiceCIDR",
    metadata: { name: "kubernetes", finalizers },
    spec: { cidrs: [SERVICE_CIDR] },
    status: { conditions: [ready] },
  };
  api.create(SERVICE_CIDRS, draft);
}
