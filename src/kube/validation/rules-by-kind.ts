import { AUTOSCALER_RULES } from "./cluster/autoscalers.ts";
import { CERTIFICATE_REQUEST_RULES } from "./cluster/certificate-requests.ts";
import { CONFIG_MAP_RULES, SECRET_RULES } from "./cluster/configuration.ts";
import { EVENT_RULES, NEW_EVENT_RULES } from "./cluster/events.ts";
import { FLOW_SCHEMA_RULES } from "./cluster/flow-schemas.ts";
import { NAMESPACE_RULES, NODE_RULES } from "./cluster/nodes.ts";
import { BUDGET_RULES, LEASE_RULES, PRIORITY_CLASS_RULES, RUNTIME_CLASS_RULES } from "./cluster/policies.ts";
import { PRIORITY_LEVEL_RULES } from "./cluster/priority-levels.ts";
import { LIMIT_RANGE_RULES, RESOURCE_QUOTA_RULES } from "./cluster/quotas.ts";
import {
  CLUSTER_ROLE_BINDING_RULES,
  CLUSTER_ROLE_RULES,
  ROLE_BINDING_RULES,
  ROLE_RULES,
} from "./cluster/rbac.ts";
import { CUSTOM_DEFINITION_RULES } from "./custom-kinds/definition.ts";
import { ENDPOINT_SLICE_RULES, ENDPOINTS_RULES } from "./network/endpoints.ts";
import { INGRESS_CLASS_RULES, INGRESS_RULES } from "./network/ingresses.ts";
import { IP_ADDRESS_RULES, SERVICE_CIDR_RULES } from "./network/ip-addresses.ts";
import { NETWORK_POLICY_RULES } from "./network/network-policies.ts";
import { SERVICE_RULES } from "./network/services.ts";
import { POD_RULES } from "./pods/pod.ts";
import { MUTATING_BINDING_RULES, MUTATING_POLICY_RULES } from "./policies/mutating-policies.ts";
import { POLICY_BINDING_RULES, VALIDATING_POLICY_RULES } from "./policies/validating-policies.ts";
import { WEBHOOK_CONFIGURATION_RULES } from "./policies/webhook-configurations.ts";
import type { KindRules } from "./rules.ts";
import { CLAIM_RULES } from "./storage/claims.ts";
import {
  CSI_DRIVER_RULES,
  CSI_NODE_RULES,
  CSI_STORAGE_CAPACITY_RULES,
  STORAGE_CLASS_RULES,
  VOLUME_ATTACHMENT_RULES,
  VOLUME_ATTRIBUTES_CLASS_RULES,
} from "./storage/classes.ts";
import { VOLUME_RULES } from "./storage/volumes.ts";
import { CRON_JOB_RULES } from "./workloads/cron-jobs.ts";
import { DAEMON_SET_RULES } from "./workloads/daemon-sets.ts";
import {
  DEPLOYMENT_RULES,
  REPLICA_SET_RULES,
  REPLICATION_CONTROLLER_RULES,
} from "./workloads/deployments.ts";
import { JOB_RULES } from "./workloads/jobs.ts";
import { STATEFUL_SET_RULES } from "./workloads/stateful-sets.ts";
import { CONTROLLER_REVISION_RULES, POD_TEMPLATE_RULES } from "./workloads/templates.ts";

/** The rules of every kind that has some of its own, by "group/Kind". */
export const RULES: Readonly<Record<string, KindRules<object>>> = {
  "certificates.k8s.io/CertificateSigningRequest": CERTIFICATE_REQUEST_RULES,
  "/ConfigMap": CONFIG_MAP_RULES,
  "/Endpoints": ENDPOINTS_RULES,
  "/Event": EVENT_RULES,
  "/LimitRange": LIMIT_RANGE_RULES,
  "/Namespace": NAMESPACE_RULES,
  "/Node": NODE_RULES,
  "/PersistentVolume": VOLUME_RULES,
  "/PersistentVolumeClaim": CLAIM_RULES,
  "/Pod": POD_RULES,
  "/PodTemplate": POD_TEMPLATE_RULES,
  "/ReplicationController": REPLICATION_CONTROLLER_RULES,
  "/ResourceQuota": RESOURCE_QUOTA_RULES,
  "/Secret": SECRET_RULES,
  "/Service": SERVICE_RULES,
  "admissionregistration.k8s.io/MutatingAdmissionPolicy": MUTATING_POLICY_RULES,
  "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding": MUTATING_BINDING_RULES,
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": WEBHOOK_CONFIGURATION_RULES,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy": VALIDATING_POLICY_RULES,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": POLICY_BINDING_RULES,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": WEBHOOK_CONFIGURATION_RULES,
  "apiextensions.k8s.io/CustomResourceDefinition": CUSTOM_DEFINITION_RULES,
  "apps/ControllerRevision": CONTROLLER_REVISION_RULES,
  "apps/DaemonSet": DAEMON_SET_RULES,
  "apps/Deployment": DEPLOYMENT_RULES,
  "apps/ReplicaSet": REPLICA_SET_RULES,
  "apps/StatefulSet": STATEFUL_SET_RULES,
  "autoscaling/HorizontalPodAutoscaler": AUTOSCALER_RULES,
  "batch/CronJob": CRON_JOB_RULES,
  "batch/Job": JOB_RULES,
  "coordination.k8s.io/Lease": LEASE_RULES,
  "discovery.k8s.io/EndpointSlice": ENDPOINT_SLICE_RULES,
  "events.k8s.io/Event": NEW_EVENT_RULES,
  "networking.k8s.io/IPAddress": IP_ADDRESS_RULES,
  "flowcontrol.apiserver.k8s.io/FlowSchema": FLOW_SCHEMA_RULES,
  "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration": PRIORITY_LEVEL_RULES,
  "networking.k8s.io/Ingress": INGRESS_RULES,
  "networking.k8s.io/IngressClass": INGRESS_CLASS_RULES,
  "networking.k8s.io/NetworkPolicy": NETWORK_POLICY_RULES,
  "networking.k8s.io/ServiceCIDR": SERVICE_CIDR_RULES,
  "node.k8s.io/RuntimeClass": RUNTIME_CLASS_RULES,
  "policy/PodDisruptionBudget": BUDGET_RULES,
  "rbac.authorization.k8s.io/ClusterRole": CLUSTER_ROLE_RULES,
  "rbac.authorization.k8s.io/ClusterRoleBinding": CLUSTER_ROLE_BINDING_RULES,
  "rbac.authorization.k8s.io/Role": ROLE_RULES,
  "rbac.authorization.k8s.io/RoleBinding": ROLE_BINDING_RULES,
  "scheduling.k8s.io/PriorityClass": PRIORITY_CLASS_RULES,
  "storage.k8s.io/CSIDriver": CSI_DRIVER_RULES,
  "storage.k8s.io/CSINode": CSI_NODE_RULES,
  "storage.k8s.io/CSIStorageCapacity": CSI_STORAGE_CAPACITY_RULES,
  "storage.k8s.io/StorageClass": STORAGE_CLASS_RULES,
  "storage.k8s.io/VolumeAttachment": VOLUME_ATTACHMENT_RULES,
  "storage.k8s.io/VolumeAttributesClass": VOLUME_ATTRIBUTES_CLASS_RULES,
};
