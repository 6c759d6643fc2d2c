/** CoreDNS for the cluster's names, as pods of its own image at the address that every kubelet tells its pods. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployManifests } from "../../../src/drill/deploy.ts";
import { deployments, findKind } from "../../../src/kube/kinds.ts";
import { parseManifests } from "../../../src/view/manifests.ts";
import { program } from "../../programs/build.ts";
import { type AddOn, addImage } from "../bed.ts";
import { CLUSTER_DNS } from "../node.ts";
import { waitFor } from "../processes.ts";

const IMAGE = "docker.io/bed/coredns:1";
const READY_SECONDS = 120;

export const dns: AddOn = async (bed, client) => {
  const rootfs = mkdtempSync(join(tmpdir(), "holdfast-coredns-"));
  try {
    copyFileSync(await program("coredns"), join(rootfs, "coredns"));
    addImage(bed, { name: IMAGE, rootfs, entrypoint: ["/coredns", "-conf", "/etc/coredns/Corefile"] });
  } finally {
    rmSync(rootfs, { recursive: true, force: true });
  }
  await deployManifests(client, parseManifests(manifests(CLUSTER_DNS(bed)), "dns.yaml"), findKind);
  await waitFor("Cluster DNS", READY_SECONDS, async () => {
    const { spec, status } = await client.get(deployments, "kube-system", "coredns");
    return status.readyReplicas === spec.replicas;
  });
};

/** What answers is ready only once it has read the cluster's Services. Other names are nobody's: there is no way out. */
function manifests(address: string): string {
  const labels = "{k8s-app: kube-dns}";
  return `
apiVersion: v1
kind: ServiceAccount
metadata: {name: coredns, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:coredns"}
rules:
- {apiGroups: [""], resources: [services, pods, namespaces], verbs: [list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "system:coredns"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:coredns"}
subjects: [{kind: ServiceAccount, name: coredns, namespace: kube-system}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data:
  Corefile: |
    .:53 {
      errors
      health
      ready
      kubernetes cluster.local in-addr.arpa {
        pods insecure
      }
      prometheus 0.0.0.0:9153
      cache 30
      loadbalance
    }
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec:
  replicas: 2
  selector: {matchLabels: ${labels}}
  template:
    metadata:
      labels: ${labels}
      annotations: {prometheus.io/scrape: "true", prometheus.io/port: "9153"}
    spec:
      serviceAccountName: coredns
      # It is told of no resolver but itself.
      dnsPolicy: Default
      nodeSelector: {kubernetes.io/os: linux}
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
        labelSelector: {matchLabels: ${labels}}
      containers:
      - name: coredns
        image: ${IMAGE}
        imagePullPolicy: IfNotPresent
        ports:
        - {containerPort: 53, name: dns, protocol: UDP}
        - {containerPort: 53, name: dns-tcp, protocol: TCP}
        readinessProbe: {httpGet: {path: /ready, port: 8181}, periodSeconds: 2}
        livenessProbe: {httpGet: {path: /health, port: 8080}, initialDelaySeconds: 30}
        volumeMounts: [{name: config, mountPath: /etc/coredns}]
      volumes: [{name: config, configMap: {name: coredns}}]
---
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system, labels: ${labels}}
spec:
  clusterIP: ${address}
  selector: ${labels}
  ports:
  - {name: dns, port: 53, protocol: UDP}
  - {name: dns-tcp, port: 53, protocol: TCP}
`;
}
