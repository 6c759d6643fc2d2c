import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
} from "./certificate-signers.ts";
import type { AdmissionContext, AdmissionPlugin } from "./chain.ts";
import { defaultIngressClass } from "./default-ingress-class.ts";
import { defaultStorageClass } from "./default-storage-class.ts";
import { defaultTolerationSeconds } from "./default-toleration-seconds.ts";
import { limitRanger } from "./limit-ranger.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import { persistentVolumeClaimResize } from "./persistent-volume-claim-resize.ts";
import { podSecurity } from "./pod-security.ts";
import type { PolicyContext } from "./policies/matching.ts";
import { validatingAdmissionPolicy } from "./policies/validating-admission-policy.ts";
import { priority } from "./priority.ts";
import { resourceQuota } from "./resource-quota.ts";
import { runtimeClass } from "./runtime-class.ts";
import { serviceAccount } from "./service-account.ts";
import { storageObjectInUseProtection } from "./storage-object-in-use-protection.ts";
import { taintNodesByCondition } from "./taint-nodes-by-condition.ts";

/**
 * kube-apiserver's default plugins in its own order, but for those that do nothing on a stock server: ClusterTrustBundleAttest and
 * PodTopologyLabels wait for feature gates that are off.
 */
export function defaultPlugins(
  context: AdmissionContext & PolicyContext,
  validatingWebhooks: AdmissionPlugin,
): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle(context),
    limitRanger(context),
    serviceAccount(context),
    taintNodesByCondition(),
    podSecurity(context),
    priority(context),
    defaultTolerationSeconds(),
    defaultStorageClass(context),
    storageObjectInUseProtection(),
    persistentVolumeClaimResize(context),
    runtimeClass(context),
    certificateApproval(),
    certificateSigning(),
    certificateSubjectRestriction(),
    defaultIngressClass(context),
    validatingAdmissionPolicy(context),
    validatingWebhooks,
    resourceQuota(context),
  ];
}
