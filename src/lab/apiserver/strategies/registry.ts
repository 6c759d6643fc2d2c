import { deepEqual } from "../../../base/deep.ts";
import { type Kind, resourceName } from "../../../kube/kind.ts";
import { endpointSlices, KINDS, OPTIONAL_KINDS } from "../../../kube/kinds.ts";
import { type LooseObject, withMeta } from "../loose.ts";
import { storedForm } from "../registry/stored-form.ts";
import { certificateSigningRequestStrategy } from "./certificate-request-strategy.ts";
import {
  namespaceStrategy,
  nodeStrategy,
  persistentVolumeClaimStrategy,
  persistentVolumeStrategy,
  podTemplateStrategy,
} from "./core-strategies.ts";
import { customResourceDefinitionStrategy, customStrategy } from "./custom-strategy.ts";
import { podStrategy } from "./pod-strategy.ts";
import { serviceStrategy } from "./service-strategy.ts";
import { type Strategy, type StrategyTraits, specChanged, strategy } from "./strategy.ts";
import { daemonSetStrategy, deploymentStrategy, jobStrategy } from "./workload-strategies.ts";

/** Kinds with rules of their own. */
const STRATEGIES: Readonly<Record<string, (kind: Kind) => Strategy>> = {
  pods: podStrategy,
  namespaces: namespaceStrategy,
  nodes: nodeStrategy,
  persistentvolumes: persistentVolumeStrategy,
  persistentvolumeclaims: persistentVolumeClaimStrategy,
  podtemplates: podTemplateStrategy,
  services: serviceStrategy,
  "csidrivers.storage.k8s.io": csiDriverStrategy,
  "daemonsets.apps": daemonSetStrategy,
  "deployments.apps": deploymentStrategy,
  "jobs.batch": jobStrategy,
  "leases.coordination.k8s.io": leaseStrategy,
  "certificatesigningrequests.certificates.k8s.io": certificateSigningRequestStrategy,
  "customresourcedefinitions.apiextensions.k8s.io": customResourceDefinitionStrategy,
};

const STATUS = { status: {} } as const;
const SPEC_AND_STATUS = { status: {}, newGeneration: specChanged } as const;
const COUNTED_SPEC = { newGeneration: specChanged, unconditionalUpdate: false } as const;
const WEBHOOKS = {
  newGeneration: (next: LooseObject, old: LooseObject) => !deepEqual(next.webhooks, old.webhooks),
  unconditionalUpdate: false,
} as const;

/** Everything else that differs from a plain object whose every field is the writer's. */
const TRAITS: Readonly<Record<string, StrategyTraits>> = {
  endpoints: { createOnUpdate: true },
  events: { createOnUpdate: true, dependents: "unsupported" },
  limitranges: { createOnUpdate: true },
  replicationcontrollers: { ...SPEC_AND_STATUS, dependents: "orphan" },
  resourcequotas: { ...STATUS, returnsDeleted: true },
  serviceaccounts: { returnsDeleted: true },
  "replicasets.apps": SPEC_AND_STATUS,
  "statefulsets.apps": SPEC_AND_STATUS,
  "cronjobs.batch": SPEC_AND_STATUS,
  "horizontalpodautoscalers.autoscaling": STATUS,
  "poddisruptionbudgets.policy": { ...SPEC_AND_STATUS, unconditionalUpdate: false },
  "ingresses.networking.k8s.io": SPEC_AND_STATUS,
  "ingressclasses.networking.k8s.io": { newGeneration: specChanged },
  "networkpolicies.networking.k8s.io": { newGeneration: specChanged },
  "servicecidrs.networking.k8s.io": { keptByStatusUpdate: "everything" },
  "endpointslices.discovery.k8s.io": { newGeneration: sliceChanged },
  "priorityclasses.scheduling.k8s.io": { newGeneration: () => false },
  "runtimeclasses.node.k8s.io": { createOnUpdate: true, unconditionalUpdate: false },
  "roles.rbac.authorization.k8s.io": { createOnUpdate: true },
  "rolebindings.rbac.authorization.k8s.io": { createOnUpdate: true },
  "clusterroles.rbac.authorization.k8s.io": { createOnUpdate: true },
  "clusterrolebindings.rbac.authorization.k8s.io": { createOnUpdate: true },
  "csinodes.storage.k8s.io": { unconditionalUpdate: false, returnsDeleted: true },
  "csistoragecapacities.storage.k8s.io": { unconditionalUpdate: false },
  "storageclasses.storage.k8s.io": { returnsDeleted: true },
  "volumeattributesclasses.storage.k8s.io": { returnsDeleted: true },
  "volumeattachments.storage.k8s.io": {
    ...STATUS,
    keptByStatusUpdate: "everything",
    unconditionalUpdate: false,
    returnsDeleted: true,
  },
  "resourceclaims.resource.k8s.io": { ...STATUS, keptByStatusUpdate: "everything", returnsDeleted: true },
  "resourceclaimtemplates.resource.k8s.io": { returnsDeleted: true },
  "resourceslices.resource.k8s.io": { newGeneration: specChanged, returnsDeleted: true },
  "deviceclasses.resource.k8s.io": { newGeneration: specChanged, returnsDeleted: true },
  "flowschemas.flowcontrol.apiserver.k8s.io": { ...SPEC_AND_STATUS, keptByStatusUpdate: "everything" },
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": {
    ...SPEC_AND_STATUS,
    keptByStatusUpdate: "everything",
  },
  "apiservices.apiregistration.k8s.io": STATUS,
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": WEBHOOKS,
  "validatingwebhookconfigurations.admissionregistration.k8s.io": WEBHOOKS,
  "validatingadmissionpolicies.admissionregistration.k8s.io": {
    ...SPEC_AND_STATUS,
    unconditionalUpdate: false,
  },
  "validatingadmissionpolicybindings.admissionregistration.k8s.io": COUNTED_SPEC,
  "mutatingadmissionpolicies.admissionregistration.k8s.io": COUNTED_SPEC,
  "mutatingadmissionpolicybindings.admissionregistration.k8s.io": COUNTED_SPEC,
};

const BUILT_IN = new Set<string>([...KINDS, ...OPTIONAL_KINDS].map(resourceName));
const known = new WeakMap<Kind, Strategy>();

/** The strategy of a stored kind. */
export function strategyOf(kind: Kind): Strategy {
  let found = known.get(kind);
  if (found === undefined) {
    const name = resourceName(kind);
    found = BUILT_IN.has(name)
      ? (STRATEGIES[name]?.(kind) ?? strategy(kind, TRAITS[name]))
      : customStrategy(kind);
    known.set(kind, found);
  }
  return found;
}

/** Everything in an EndpointSlice is its spec, and so are the labels that name its Service. */
function sliceChanged(next: LooseObject, old: LooseObject): boolean {
  const { metadata: _next, ...content } = storedForm(endpointSlices, next);
  const { metadata: _old, ...stored } = old;
  return !deepEqual(content, stored) || !deepEqual(next.metadata.labels, old.metadata.labels);
}

/** CoordinatedLeaderElection, by which a controller chooses a Lease's holder, is off: its fields are taken and forgotten. */
function leaseStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { createOnUpdate: true, unconditionalUpdate: false });
  const forget = (lease: LooseObject): LooseObject => {
    const { strategy: _, preferredHolder: __, ...spec } = lease.spec ?? {};
    return "strategy" in (lease.spec ?? {}) || "preferredHolder" in (lease.spec ?? {})
      ? { ...lease, spec }
      : lease;
  };
  return {
    ...base,
    prepareForCreate: (object, occasion) => forget(base.prepareForCreate(object, occasion)),
    prepareForUpdate: (next, old, occasion) => forget(base.prepareForUpdate(next, old, occasion)),
  };
}

/** CSI drivers begin without a generation and count changes from there. */
function csiDriverStrategy(kind: Kind): Strategy {
  const base = strategy(kind, {
    newGeneration: specChanged,
    unconditionalUpdate: false,
    returnsDeleted: true,
  });
  return { ...base, prepareForCreate: (object) => withMeta(object, { generation: undefined }) };
}
