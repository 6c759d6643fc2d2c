/** Services, stores, rollouts, budgets and autoscalers: brought about in a lab, named, mended; and what looks alike and is well. */
import { describe, expect, test } from "vitest";
import { doctorLab, linesOf, only } from "../../../test/support/harden/doctor-lab.ts";
import {
  apart,
  budget,
  claim,
  mounts,
  service,
  spreadOverNodes,
  storageClass,
  web,
} from "../../../test/support/harden/yaml.ts";
import { deployments } from "../../kube/kinds.ts";
import { parseTarget } from "./target.ts";

const PORTS =
  "ports: [{ containerPort: 80, name: http }]\nreadinessProbe: { httpGet: { path: /, port: 80 } }";
const fails = `command: [sh, -c, "exit 1"]`;
const SPREAD = spreadOverNodes();
const NONE: string[] = [];

const served = (yaml: string) => `${web({ container: PORTS, pod: SPREAD })}${yaml}`;

describe("services", () => {
  test.each([
    {
      name: "a selector that no pod meets",
      yaml: service("80").replace("app: web }", "app: wep }"),
      cause: "no pod of its namespace has app=wep: every request to it is refused",
    },
    {
      name: "a port by a name that no container has",
      yaml: service("htp"),
      cause:
        "its port 80 leads to a port named htp, which no container of its pods has: it has no endpoints for it",
    },
    {
      name: "a port number that no container has",
      yaml: service("8080"),
      cause:
        "its port 80 leads to port 8080, which no container of its pods has: requests are refused by the pods",
    },
    { name: "a port by its name", yaml: service("http"), cause: undefined },
  ])("$name", async ({ yaml, cause }) => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(served(yaml));
    const diagnoses = await examine();
    if (cause === undefined) expect(linesOf(diagnoses)).toEqual(NONE);
    else expect(only(diagnoses, "service-without-endpoints").cause).toBe(cause);
  });

  test("pods that are not ready, and none at all; scaled up it answers", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 2 });
    await apply(web({ replicas: 1, container: fails }) + service("80"));
    expect(only(await examine(), "service-without-endpoints").evidence[0]).toMatch(
      /^pod web-\S+ container main is in CrashLoopBackOff \(exit code 1\)$/,
    );
    await apply(web({ replicas: 0, container: PORTS }));
    const found = only(await examine(), "service-without-endpoints");
    expect(found.remedies[0]?.command).toBe("kubectl scale deployment/web -n default --replicas=1");
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });
});

describe("stores", () => {
  const REDIS = `${web({ name: "redis", replicas: 1, image: "redis:7", container: "ports: [{ containerPort: 6379 }]" })}${service("6379").replaceAll("web", "redis").replace("port: 80", "port: 6379")}`;
  const user = (env: string) => web({ container: `${PORTS}\nenv: ${env}`, pod: SPREAD });
  const policy = (spec: string) => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed }
spec: ${spec}
`;

  test.each([
    {
      name: "a name that is no Service",
      env: "[{ name: REDIS_HOST, value: redos }]",
      cause: /looks for its store at redos, and namespace default has no Service of that name/,
      helps: /with redis in the place of redos/,
    },
    {
      name: "a wrong port in an address; its password is not shown",
      env: '[{ name: REDIS_URL, value: "redis://:hunter2@redis:6380/0" }]',
      cause: /at port 6380 of Service redis, which has port 6379/,
      helps: /6379/,
    },
    {
      name: "a policy that lets nobody in",
      env: '[{ name: REDIS_HOST, value: redis }, { name: REDIS_PORT, value: "6379" }]',
      more: policy("{ podSelector: { matchLabels: { app: redis } }, policyTypes: [Ingress] }"),
      cause: /NetworkPolicy closed does not let it in to port 6379 of its store redis/,
      helps: /ingress from podSelector app=web, port 6379/,
    },
    {
      name: "a policy that lets it out to names only",
      env: "[{ name: REDIS_HOST, value: redis.default.svc.cluster.local }]",
      more: policy(
        "{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ ports: [{ port: 53, protocol: UDP }] }] }",
      ),
      cause: /NetworkPolicy closed does not let it out to port 6379/,
      helps: /egress to podSelector app=redis, port 6379/,
    },
    {
      name: "a policy that lets it in",
      env: "[{ name: REDIS_HOST, value: redis }]",
      more: policy(
        "{ podSelector: { matchLabels: { app: redis } }, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 6379 }] }] }",
      ),
      cause: undefined,
    },
    { name: "a store outside", env: "[{ name: REDIS_HOST, value: redis.example.com }]", cause: undefined },
  ])("$name", async ({ env, more = "", cause, helps }) => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(REDIS + user(env) + more);
    const diagnoses = await examine();
    expect(JSON.stringify(diagnoses)).not.toContain("hunter2");
    if (cause === undefined) return expect(linesOf(diagnoses)).toEqual(NONE);
    const found = only(diagnoses, "store-unreachable");
    expect(found.cause).toMatch(cause);
    expect(found.remedies[0]?.says).toMatch(helps);
  });

  test("one that does not run, told of whoever needs it", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(
      REDIS.replace("image: redis:7", `image: redis:7\n          ${fails}`) +
        user("[{ name: SESSION_REDIS_HOST, value: redis }]"),
    );
    const found = only(await examine({ target: parseTarget("deploy/web") }), "store-unreachable");
    expect(found.cause).toContain("its store redis has no pod that is ready");
    expect(found.remedies[0]?.command).toBe("holdfast doctor svc/redis -n default");
  });

  test("one that started again without a volume has forgotten", async () => {
    const { apply, examine, passes } = await doctorLab({ nodes: 2 });
    const ends = REDIS.replace(
      "image: redis:7",
      `image: redis:7\n          command: [sh, -c, "echo ready; sleep 100"]`,
    );
    await apply(ends);
    expect(linesOf(await examine())).toEqual(NONE);
    await passes(60);
    const found = only(await examine(), "store-forgets");
    expect(found.cause).toMatch(/has started again 1 time, and keeps its data in memory/);
    expect(found.evidence).toContain("log: ready");
  });
});

describe("rollouts", () => {
  test("one that gave up waiting is told with the reason of its newest pod", async () => {
    const { apply, examine, passes } = await doctorLab({ nodes: 2 });
    const yaml = (container: string, image: string) =>
      web({ replicas: 2, pod: SPREAD, container, image, spec: "progressDeadlineSeconds: 60" });
    await apply(yaml(PORTS, "example/web:1"));
    await apply(yaml(`${PORTS}\n${fails}`, "example/web:2"));
    await passes(120);
    const found = only(await examine(), "rollout-stuck");
    expect(found.cause).toMatch(
      /^its rollout has not got on for 60 s: pod web-\S+ container main (is in CrashLoopBackOff|ended with exit code 1)/,
    );
    expect(found.remedies.map(({ command }) => command)).toEqual([
      expect.stringMatching(/^holdfast doctor pod\/web-/),
      "kubectl rollout undo deployment/web -n default",
    ]);
  });

  test("Recreate on what runs twice; patched, its rolling update finds its way", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 2 });
    await apply(web({ pod: apart(), container: PORTS, spec: "strategy: { type: Recreate }" }));
    const found = only(await examine(), "rollout-takes-all");
    expect(found.cause).toContain("each update stops all 2 pods before a new one starts");
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test.each([
    {
      name: "maxUnavailable 100%",
      spec: 'strategy: { rollingUpdate: { maxUnavailable: "100%" } }',
      lines: 1,
    },
    {
      name: "maxUnavailable 50% of two",
      spec: 'strategy: { rollingUpdate: { maxUnavailable: "50%" } }',
      lines: 0,
    },
  ])("$name", async ({ spec, lines }) => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(web({ pod: SPREAD, container: PORTS, spec }));
    expect(linesOf(await examine())).toHaveLength(lines);
  });

  test("Recreate of a single writer is expected, and told to those who ask", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(
      storageClass("longhorn", "driver.longhorn.io") +
        claim("data", "ReadWriteOnce", "longhorn") +
        web({ replicas: 1, pod: mounts("data"), spec: "strategy: { type: Recreate }" }),
    );
    expect(linesOf(await examine())).toEqual(NONE);
    const [found] = await examine({ target: parseTarget("deployment/web") });
    expect(found).toMatchObject({ trouble: "rollout-takes-all", expected: true });
  });

  test("what helm set back: replicas and the rule, by whom and how to have them again", async () => {
    const { client, run, apply, passes, examine, play } = await doctorLab({ nodes: 2 });
    await apply(web({ pod: SPREAD }));
    const body = { spec: { replicas: 1, template: { spec: { topologySpreadConstraints: null } } } };
    await run(client.patch(deployments, "default", "web", "strategic", body, { fieldManager: "helm" }));
    await passes(60);
    const diagnoses = (await examine()).filter(({ trouble }) => trouble === "taken-back");
    expect(diagnoses.map(({ cause }) => cause)).toEqual([
      expect.stringMatching(/^it runs once and ran 2 times before: helm wrote spec\.replicas last/),
      expect.stringMatching(
        /^the template of revision 1 kept its pods on different nodes, and the present one does not: helm wrote the template last|^the template of revision 1 kept/,
      ),
    ]);
    expect(diagnoses[0]?.remedies[1]?.says).toContain("in the values of the release");
    for (const { remedies } of diagnoses) await play(remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test("scaled from three to two: nobody took anything back", async () => {
    const { apply, examine } = await doctorLab({ nodes: 3 });
    await apply(web({ replicas: 3, pod: SPREAD }));
    await apply(web({ replicas: 2, pod: SPREAD }));
    expect(linesOf(await examine())).toEqual(NONE);
  });
});

test("a StatefulSet waits for the first of its pods", async () => {
  const set = (container: string) =>
    web({ container })
      .replace("kind: Deployment", "kind: StatefulSet")
      .replace("replicas: 2", "replicas: 3\n  serviceName: web");
  const { apply, examine } = await doctorLab({ nodes: 2 });
  await apply(set(fails));
  const diagnoses = await examine();
  expect(only(diagnoses, "stateful-set-blocked").cause).toBe(
    "2 pods of it are not made: pods come in order, and web-0 is not ready",
  );
  expect(linesOf(diagnoses)).toHaveLength(2);
});

describe("budgets", () => {
  test("one that never lets a pod go is mended", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 2 });
    await apply(web({ pod: SPREAD, container: PORTS }) + budget("minAvailable: 2"));
    const found = only(await examine(), "budget-blocks-drain");
    expect(found.cause).toContain("minAvailable 2 for 2 pods never lets one go");
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test("one whose pods are not ready names them", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(web({ pod: SPREAD, container: fails }) + budget("maxUnavailable: 1"));
    const found = only(await examine(), "budget-blocks-drain");
    expect(found.cause).toContain("maxUnavailable 1 needs 1 healthy pods and 0 are");
    expect(found.remedies[0]?.command).toMatch(/^holdfast doctor pod\/web-/);
  });
});

test("pods that a quota refuses", async () => {
  const { apply, examine } = await doctorLab({ nodes: 2 });
  await apply(`---
apiVersion: v1
kind: ResourceQuota
metadata: { name: small }
spec: { hard: { pods: "1" } }
${web({ container: PORTS })}`);
  const found = only(await examine(), "pods-refused");
  expect(found.cause).toMatch(
    /^1 of its 2 pods cannot be made: quota small of the namespace is used up \(requested: pods=1, used: pods=1, limited: pods=1\)$/,
  );
  expect(found.remedies[0]?.command).toBe("kubectl describe resourcequota small -n default");
});

test("an autoscaler that goes by a share of nothing", async () => {
  const hpa = (kind: string) => `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { minReplicas: 2, maxReplicas: 2, scaleTargetRef: { apiVersion: apps/v1, kind: ${kind}, name: web }, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }] }
`;
  const { apply, examine, passes } = await doctorLab({ nodes: 2 });
  await apply(web({ pod: SPREAD, container: PORTS }) + hpa("Deployment"));
  await passes(120);
  expect(only(await examine(), "autoscaler-blind").cause).toMatch(
    /one of them asks for nothing|nobody tells it/,
  );
  await apply(web({ pod: SPREAD, container: `${PORTS}\nresources: { requests: { cpu: 100m } }` }));
  await passes(300);
  expect(linesOf(await examine())).toEqual(NONE);
});
