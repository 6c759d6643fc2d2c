/**
 * The controllers of a lab, one folder each: what kube-controller-manager runs.
 *
 * Every folder has the same shape: `x.ts` exports a `ControllerFactory`, planning that looks and answers stands in files of
 * its own, `x.test.ts` beside it. A controller reads through its `Api`, which is always current (there are no caches that
 * lag, and so no expectations), is woken by changes, and writes; a refused write is tried again through its `WorkQueue`.
 * Nothing here runs while nothing changes: there are no resyncs but for those of quotas that may find something. What can only be handed in stands in `ControllerInputs`.
 */

import type { KindRegistry } from "../apiserver/kind-registry.ts";
import type { ControllerFactory } from "../context.ts";
import type { Heartbeats } from "../heartbeats.ts";
import type { PodMetrics } from "../pod-metrics.ts";
import { attachDetach } from "./attach-detach/attach-detach.ts";
import { clusterRoleAggregation } from "./clusterrole-aggregation/clusterrole-aggregation.ts";
import { cronJob } from "./cronjob/cronjob.ts";
import { csiAttacher } from "./csi-attacher/csi-attacher.ts";
import { csiProvisioner } from "./csi-provisioner/csi-provisioner.ts";
import { daemonSet } from "./daemonset/daemonset.ts";
import { deployment } from "./deployment/deployment.ts";
import { disruption } from "./disruption/disruption.ts";
import { endpointsOfServices } from "./endpoints/endpoints.ts";
import { endpointSlice } from "./endpointslice/endpointslice.ts";
import { endpointSliceMirroring } from "./endpointslice-mirroring/endpointslice-mirroring.ts";
import { garbageCollector } from "./garbage-collector/garbage-collector.ts";
import { horizontalAutoscaling } from "./horizontal-autoscaling/horizontal-autoscaling.ts";
import { job } from "./job/job.ts";
import { namespace } from "./namespace/namespace.ts";
import { nodeIpam } from "./node-ipam/node-ipam.ts";
import { nodeLifecycle } from "./node-lifecycle/node-lifecycle.ts";
import { persistentVolume } from "./persistent-volume/persistent-volume.ts";
import { podGc } from "./pod-gc/pod-gc.ts";
import { pvProtection } from "./pv-protection/pv-protection.ts";
import { pvcProtection } from "./pvc-protection/pvc-protection.ts";
import { replicaSet } from "./replicaset/replicaset.ts";
import { replicationController } from "./replicationcontroller/replicationcontroller.ts";
import { resourceQuota } from "./resource-quota/resource-quota.ts";
import { rootCa } from "./root-ca/root-ca.ts";
import { serviceAccount } from "./service-account/service-account.ts";
import { serviceLb } from "./service-lb/service-lb.ts";
import {
  type ServiceAccountTokenOptions,
  serviceAccountToken,
} from "./serviceaccount-token/serviceaccount-token.ts";
import { statefulSet } from "./statefulset/statefulset.ts";
import { taintEviction } from "./taint-eviction/taint-eviction.ts";
import { ttlAfterFinished } from "./ttl-after-finished/ttl-after-finished.ts";
import { validatingAdmissionPolicyStatus } from "./validatingadmissionpolicy-status/validatingadmissionpolicy-status.ts";

/** One controller of the lab. */
export interface ControllerRow {
  /** As events name it (`source.component`). */
  readonly name: string;
  /** The service account in kube-system that its requests come from. */
  readonly account: string;
  /** What a cluster would lack without it. */
  readonly why: string;
  /** It comes with a driver or an add-on, not with kube-controller-manager: it stays where that runs outside. */
  readonly isAddOn?: boolean;
  readonly create: ControllerFactory;
}

/** What controllers cannot learn from the API. */
export interface ControllerInputs {
  readonly heartbeats: Heartbeats;
  /** What pods use. */
  readonly metrics: PodMetrics;
  /** The kinds that the API server serves, custom ones as they come and go. */
  readonly kinds: KindRegistry;
  /** PEM: what pods check the API server's certificate against. */
  readonly rootCertificates: string;
  /** Signs tokens that stand in Secrets. */
  readonly legacyToken: ServiceAccountTokenOptions["legacyToken"];
}

/** Every controller, in the order in which they start. */
export function controllers(inputs: ControllerInputs): readonly ControllerRow[] {
  const { heartbeats, metrics, kinds, rootCertificates, legacyToken } = inputs;
  return [
    {
      name: "service-account-controller",
      account: "service-account-controller",
      why: "no pod can be created in a namespace without a default service account",
      create: serviceAccount,
    },
    {
      name: "root-ca-cert-publisher",
      account: "root-ca-cert-publisher",
      why: "pods mount the certificate authority of the API server from here",
      create: rootCa(rootCertificates),
    },
    {
      name: "deployment-controller",
      account: "deployment-controller",
      why: "rolls a new pod template out without losing the pods that serve",
      create: deployment,
    },
    {
      name: "replicaset-controller",
      account: "replicaset-controller",
      why: "keeps the number of pods of a Deployment's template",
      create: replicaSet,
    },
    {
      name: "replication-controller",
      account: "replication-controller",
      why: "the same for manifests from before ReplicaSets",
      create: replicationController,
    },
    {
      name: "statefulset-controller",
      account: "statefulset-controller",
      why: "gives pods a name and claims that outlive them, and never two pods the same",
      create: statefulSet,
    },
    {
      name: "daemonset-controller",
      account: "daemon-set-controller",
      why: "has a pod on every node, whatever state the node is in",
      create: daemonSet,
    },
    {
      name: "job-controller",
      account: "job-controller",
      why: "runs work to its end, as often and as wide as asked, and counts what ended",
      create: job,
    },
    {
      name: "cronjob-controller",
      account: "cronjob-controller",
      why: "begins Jobs at the moments of a schedule",
      create: cronJob,
    },
    {
      name: "ttl-after-finished-controller",
      account: "ttl-after-finished-controller",
      why: "finished Jobs with a time to live would stay for ever",
      create: ttlAfterFinished,
    },
    {
      name: "horizontal-pod-autoscaler",
      account: "horizontal-pod-autoscaler",
      why: "sets the size of workloads by what their pods use",
      create: horizontalAutoscaling(kinds, metrics),
    },
    {
      name: "controllermanager",
      account: "disruption-controller",
      why: "budgets allow no eviction until somebody counts what is healthy",
      create: disruption(kinds),
    },
    {
      name: "resourcequota-controller",
      account: "resourcequota-controller",
      why: "gives back to a namespace's quota what deleted and ended objects took from it",
      create: resourceQuota(kinds),
    },
    {
      name: "garbage-collector-controller",
      account: "generic-garbage-collector",
      why: "what a deleted owner leaves behind goes, or is let go of, as the deletion asked",
      create: garbageCollector(kinds),
    },
    {
      name: "namespace-controller",
      account: "namespace-controller",
      why: "a deleted namespace stays Terminating until somebody empties it",
      create: namespace(kinds),
    },
    {
      name: "node-controller",
      account: "node-controller",
      why: "notices nodes whose kubelet has gone silent, marks their pods and taints them",
      create: (context) => nodeLifecycle(context, heartbeats),
    },
    {
      name: "taint-eviction-controller",
      account: "node-controller",
      why: "moves pods off tainted nodes once their tolerations run out",
      create: taintEviction,
    },
    {
      name: "pod-garbage-collector",
      account: "pod-garbage-collector",
      why: "frees names and volumes of pods whose node will never end them",
      create: podGc,
    },
    {
      name: "endpoint-controller",
      account: "endpoint-controller",
      why: "names the pods of a Service for those that still read Endpoints",
      create: endpointsOfServices,
    },
    {
      name: "endpoint-slice-controller",
      account: "endpointslice-controller",
      why: "tells every node which pods serve a Service",
      create: endpointSlice,
    },
    {
      name: "endpoint-slice-mirroring-controller",
      account: "endpointslicemirroring-controller",
      why: "makes Endpoints that people write by hand take effect",
      create: endpointSliceMirroring,
    },
    {
      name: "persistentvolume-controller",
      account: "persistent-volume-binder",
      why: "brings claims and volumes together",
      create: persistentVolume,
    },
    {
      name: "csi-provisioner",
      account: "csi-provisioner",
      why: "makes the volumes that claims ask their storage class for",
      isAddOn: true,
      create: csiProvisioner,
    },
    {
      name: "attachdetach-controller",
      account: "attachdetach-controller",
      why: "gives volumes to the nodes whose pods want them",
      create: attachDetach,
    },
    {
      name: "csi-attacher",
      account: "csi-attacher",
      why: "does what VolumeAttachments ask of storage drivers",
      isAddOn: true,
      create: csiAttacher,
    },
    {
      name: "pvc-protection-controller",
      account: "pvc-protection-controller",
      why: "keeps claims that pods still use",
      create: pvcProtection,
    },
    {
      name: "pv-protection-controller",
      account: "pv-protection-controller",
      why: "keeps volumes that claims still have",
      create: pvProtection,
    },
    {
      name: "cidrAllocator",
      account: "node-controller",
      why: "gives every node addresses for its pods",
      create: nodeIpam,
    },
    {
      name: "metallb-controller",
      account: "metallb-controller",
      why: "gives Services of type LoadBalancer an address",
      isAddOn: true,
      create: serviceLb(),
    },
    {
      name: "clusterrole-aggregation-controller",
      account: "clusterrole-aggregation-controller",
      why: "roles for custom kinds take effect in admin, edit and view",
      create: clusterRoleAggregation,
    },
    {
      name: "validatingadmissionpolicy-status",
      account: "validatingadmissionpolicy-status-controller",
      why: "tells authors of policies what is odd about their expressions",
      create: validatingAdmissionPolicyStatus(kinds),
    },
    {
      name: "serviceaccount-token-controller",
      account: "tokens-controller",
      why: "fills Secrets that ask for a token of a service account",
      create: serviceAccountToken({ rootCertificates, legacyToken }),
    },
  ];
}
