/** An application with a disk: one pod, which moves with what it has written. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProfileFile } from "../../src/lab/node/profile.ts";

export const IMAGE = "docker.io/bed/notebook:1";
export const SOURCE = readFileSync(join(import.meta.dirname, "notebook.c"), "utf8");

/** The application's namespace; nothing else is in it. */
export const NAMESPACE = "volumes";
export const CLAIM = "notes";

/** What the lab has to be told: every node of a bed has the image, and the program starts and ends at once. */
export const PROFILE: ProfileFile = {
  images: { [IMAGE]: { startSeconds: [0, 0.1], stopSeconds: 0, pullSeconds: [0, 0] } },
};

/** The spec of a pod with the claim's disk. It has nothing to say when it is told to end. */
const POD_SPEC = `
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 1
      containers:
      - name: notebook
        image: ${IMAGE}
        imagePullPolicy: IfNotPresent
        volumeMounts: [{name: notes, mountPath: /data}]
      volumes: [{name: notes, persistentVolumeClaim: {claimName: ${CLAIM}}}]`;

export const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${CLAIM}, namespace: ${NAMESPACE}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: notebook, namespace: ${NAMESPACE}}
spec:
  replicas: 1
  strategy: {type: Recreate}
  selector: {matchLabels: {app: notebook}}
  template:
    metadata: {labels: {app: notebook}}
    spec:${POD_SPEC}
`;

/** Another pod that wants the disk, on a node of its own. */
export function secondPod(node: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: second, namespace: ${NAMESPACE}}
spec:
      nodeName: ${node}${POD_SPEC}
`;
}
