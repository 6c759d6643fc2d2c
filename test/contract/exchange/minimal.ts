/** The least that a server takes of each kind: what `minimal` in a request starts from. */
type Fields = Readonly<Record<string, unknown>>;

const container = { name: "main", image: "registry.k8s.io/pause:3.10" };
// A scheduler that does not exist leaves it alone; no token, so that no volume with a drawn name is added.
const podSpec = { containers: [container], automountServiceAccountToken: false, schedulerName: "nobody" };
const labels = { app: "a" };
const template = { metadata: { labels }, spec: podSpec };
const selector = { matchLabels: labels };

export const MINIMAL: Readonly<Record<string, Fields>> = {
  pods: { spec: podSpec },
  podtemplates: { template },
  deployments: { spec: { selector, template } },
  replicasets: { spec: { selector, template } },
  daemonsets: { spec: { selector, template } },
  statefulsets: { spec: { serviceName: "s", selector, template } },
  replicationcontrollers: { spec: { selector: labels, template } },
  jobs: { spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } },
  cronjobs: {
    spec: {
      schedule: "0 * * * *",
      jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } },
    },
  },
  services: { spec: { selector: labels, ports: [{ port: 80 }] } },
  persistentvolumeclaims: {
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  persistentvolumes: {
    spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/data" } },
  },
  storageclasses: { provisioner: "example.com/disk" },
  poddisruptionbudgets: { spec: { selector, minAvailable: 1 } },
  horizontalpodautoscalers: {
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" }, maxReplicas: 3 },
  },
  ingresses: { spec: { defaultBackend: { service: { name: "s", port: { number: 80 } } } } },
  networkpolicies: { spec: { podSelector: {} } },
  leases: { spec: {} },
  priorityclasses: { value: 100 },
  runtimeclasses: { handler: "runc" },
  resourcequotas: { spec: { hard: { pods: "1" } } },
  limitranges: { spec: { limits: [{ type: "Container", default: { cpu: "1" } }] } },
  endpointslices: { addressType: "IPv4", endpoints: [{ addresses: ["10.0.0.1"] }] },
  events: { involvedObject: { kind: "Pod", name: "p" }, reason: "Tested", message: "said", type: "Normal" },
  rolebindings: {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" },
    subjects: [{ kind: "ServiceAccount", name: "default" }],
  },
  mutatingadmissionpolicies: {
    spec: {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["configmaps"],
          },
        ],
      },
      mutations: [
        {
          patchType: "ApplyConfiguration",
          applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"seen": "yes"}}}' },
        },
      ],
      reinvocationPolicy: "Never",
    },
  },
  clusterrolebindings: {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
    subjects: [{ kind: "User", name: "jane" }],
  },
};
