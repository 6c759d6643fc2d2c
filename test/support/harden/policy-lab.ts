/** A lab with a shop on it, and a policy for the shop, for what is done to clusters that answer. */
import type { Client } from "../../../src/client/client.ts";
import { PLAN_KINDS } from "../../../src/harden/plan.ts";
import { type PolicyPlan, planPolicies } from "../../../src/harden/policy/plan-policies.ts";
import { readPolicy } from "../../../src/harden/policy/read-policy.ts";
import type { Lab } from "../../../src/lab/lab.ts";
import { drive } from "../../../src/time/drive.ts";
import { viewOf } from "../../../src/view/cluster-view.ts";
import { parseManifests } from "../../../src/view/manifests.ts";
import { labWith } from "../lab-with.ts";

/** A front end that can run twice. */
export const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: example.org/web:1
        ports: [{containerPort: 80}]
        livenessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 10}
`;

/** A front end that can run twice, and an album whose claim has to move for that. */
export const SHOP = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: longhorn}
provisioner: driver.longhorn.io
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: photos, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: longhorn, resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: album, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: album}}
  template:
    metadata: {labels: {app: album}}
    spec:
      volumes: [{name: photos, persistentVolumeClaim: {claimName: photos}}]
      containers:
      - name: main
        image: example.org/album:1
        volumeMounts: [{name: photos, mountPath: /photos}]
---
${WEB}---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

export const POLICY = `
apiVersion: holdfast.dev/v1alpha1
kind: HighAvailabilityPolicy
metadata: {name: shop}
spec: {tier: 2, targets: [{namespace: shop}], storage: {shareClaims: true}, sessionAffinity: {mode: ClientIP}}
`;

export interface PolicyLab {
  readonly lab: Lab;
  /** Lets the lab's time pass while something is waited for. */
  run<T>(work: Promise<T>): Promise<T>;
  gates(client?: Client): {
    client: Client;
    clock: Lab["engine"];
    sleep: (ms: number) => Promise<void>;
    gateTimeoutMs: number;
  };
  plan(text?: string): Promise<PolicyPlan[]>;
}

/** Equal runs each time. The manifests are set by kubectl. */
export async function policyLab(manifestText = SHOP): Promise<PolicyLab> {
  const lab = await labWith(manifestText, { seed: 11, nodes: 3 });
  const run = <T>(work: Promise<T>) => drive(lab.engine, work);
  return {
    lab,
    run,
    gates: (client = lab.client("holdfast")) => ({
      client,
      clock: lab.engine,
      sleep: (ms) => lab.engine.sleep(ms),
      gateTimeoutMs: 300_000,
    }),
    async plan(text = POLICY) {
      const view = await viewOf(lab.client("holdfast"), PLAN_KINDS);
      return planPolicies({
        view,
        policies: parseManifests(text, "policy.yaml").map((each) => readPolicy(each)),
        others: [],
        traitsOf: () => ({ role: "web", sessions: undefined, sticky: false }),
        forceConflicts: false,
        includes: () => true,
      });
    },
  };
}

/** A client whose process ends at its n-th write: that write and all that follows never arrive, or its answer does not. */
export function dyingClient(
  client: Client,
  at: number,
  arrives: boolean,
): Client & { readonly writes: number } {
  let writes = 0;
  const dead = () => new Error("The process has been killed");
  return new Proxy(client, {
    get(target, name) {
      if (name === "writes") return writes;
      const method = Reflect.get(target, name) as (...words: unknown[]) => Promise<unknown>;
      if (typeof method !== "function") return method;
      const isWrite = ["create", "update", "patch", "delete"].includes(String(name));
      return async (...words: unknown[]) => {
        if (isWrite) writes++;
        if (writes > at || (writes === at && (!isWrite || !arrives))) throw dead();
        const answer = await method.apply(target, words);
        if (isWrite && writes === at) throw dead();
        return answer;
      };
    },
  }) as Client & { readonly writes: number };
}
