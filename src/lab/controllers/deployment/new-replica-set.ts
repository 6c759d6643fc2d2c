import { controllerReferenceTo } from "../../../kube/owners.ts";
import type { Deployment, ReplicaSet } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { hashOfTemplate } from "../shared/template-hash.ts";
import { revisionAnnotations, sizeAnnotations } from "./annotations.ts";
import { POD_TEMPLATE_HASH } from "./replica-sets.ts";
import { rollingBounds } from "./rolling-bounds.ts";

const NAME_LENGTH_MAX = 253;

/** The ReplicaSet for the Deployment's present template, not stored yet and of size 0. */
export function draftReplicaSet(
  deployment: Deployment,
  revision: bigint,
): Draft<ReplicaSet> & {
  readonly metadata: { readonly name: string };
} {
  const { spec, metadata, status } = deployment;
  const { namespace } = metadata;
  const hash = { [POD_TEMPLATE_HASH]: hashOfTemplate(spec.template, status.collisionCount) };
  const suffix = `-${hash[POD_TEMPLATE_HASH]}`;
  const labels = { ...spec.template.metadata?.labels, ...hash };
  const { maxSurge } = rollingBounds(deployment);
  return {
    metadata: {
      name: `${metadata.name.slice(0, NAME_LENGTH_MAX - suffix.length)}${suffix}`,
      ...(namespace !== undefined && { namespace }),
      labels,
      annotations: sizeAnnotations(
        revisionAnnotations(deployment, undefined, revision),
        spec.replicas,
        spec.replicas + maxSurge,
      ),
      ownerReferences: [controllerReferenceTo(deployment)],
    },
    spec: {
      replicas: 0,
      ...(spec.minReadySeconds !== undefined && { minReadySeconds: spec.minReadySeconds }),
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, ...hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  };
}
