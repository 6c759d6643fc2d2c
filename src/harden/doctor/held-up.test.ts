/** What holds workloads up before a pod runs: pauses, refusals, registries; and what their autoscalers and sessions suffer from. */
import { describe, expect, test } from "vitest";
import { doctorLab, linesOf, only } from "../../../test/support/harden/doctor-lab.ts";
import { service, spreadOverNodes, web } from "../../../test/support/harden/yaml.ts";

const PORTS =
  "ports: [{ containerPort: 80, name: http }]\nreadinessProbe: { httpGet: { path: /, port: 80 } }";
const SPREAD = spreadOverNodes();
const NONE: string[] = [];

describe("a paused rollout", () => {
  const version = (number: number, spec = "") =>
    web({ image: `example/web:${number}`, container: PORTS, pod: SPREAD, spec });

  test("goes on once it is resumed", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 3 });
    await apply(version(1));
    await apply(version(2, "paused: true"));
    const found = only(await examine(), "rollout-stuck");
    expect(found.cause).toBe("it is paused in the middle of a rollout: nothing of its template is acted on");
    expect(found.evidence).toEqual(["0 of 2 pods are of the new template"]);
    expect(found.remedies[0]?.command).toBe("kubectl rollout resume deployment/web -n default");
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test("of nothing new is nobody's trouble", async () => {
    const { apply, examine } = await doctorLab({ nodes: 3 });
    await apply(version(1));
    await apply(version(1, "paused: true"));
    expect(linesOf(await examine())).toEqual(NONE);
  });
});

describe("pods that are refused", () => {
  const WANTS = `---
apiVersion: v1
kind: ResourceQuota
metadata: { name: small }
spec: { hard: { requests.cpu: "1" } }
`;
  const RESTRICTED = `---
apiVersion: v1
kind: Namespace
metadata: { name: default, labels: { pod-security.kubernetes.io/enforce: restricted } }
`;

  test.each([
    {
      name: "by a quota that wants requests",
      yaml: WANTS + web({ container: PORTS }),
      why: /^2 of its 2 pods cannot be made: a quota of the namespace wants every container to say what it asks for$/,
      helps: /resources\.requests/,
    },
    {
      name: "by the namespace's level",
      yaml: RESTRICTED + web({ container: `${PORTS}\nsecurityContext: { privileged: true }` }),
      why: /the pod security level of the namespace forbids what its template asks for$/,
      helps: /securityContext/,
    },
    {
      name: "for want of a service account",
      yaml: web({ container: PORTS, pod: "serviceAccountName: clerk" }),
      why: /its service account does not exist$/,
      helps: /create it/,
    },
    {
      name: "of a StatefulSet",
      yaml:
        WANTS +
        web({ container: PORTS })
          .replace("kind: Deployment", "kind: StatefulSet")
          .replace("selector:", "serviceName: web\n  selector:"),
      why: /a quota of the namespace wants every container/,
      helps: /resources\.requests/,
    },
    {
      name: "of a DaemonSet",
      yaml:
        WANTS +
        web({ container: PORTS })
          .replace("kind: Deployment", "kind: DaemonSet")
          .replace(/replicas: 2/, ""),
      why: /^2 of its 2 pods cannot be made: a quota of the namespace wants every container/,
      helps: /resources\.requests/,
    },
  ])("$name", async ({ yaml, why, helps }) => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(yaml);
    const found = only(await examine(), "pods-refused");
    expect(found.cause).toMatch(why);
    expect(found.evidence[0]).toMatch(/^FailedCreate: .*forbidden/);
    expect(found.remedies[0]?.says).toMatch(helps);
  });

  test("of a Job", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(`${WANTS}---
apiVersion: batch/v1
kind: Job
metadata: { name: copy }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: main, image: "example/tool:1" }] } } }
`);
    expect(only(await examine(), "pods-refused").cause).toMatch(/^1 of its 1 pods cannot be made: a quota/);
  });
});

describe("an autoscaler that is blind", () => {
  const hpa = (metric: string, name = "web") => `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { minReplicas: 2, maxReplicas: 2, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }, metrics: [${metric}] }
`;
  const CPU =
    "{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }";
  const CUSTOM =
    "{ type: Pods, pods: { metric: { name: requests }, target: { type: AverageValue, averageValue: 10 } } }";

  test.each([
    {
      name: "for want of a request",
      yaml: web({ pod: SPREAD, container: PORTS }) + hpa(CPU),
      cause:
        "it goes by a share of what Deployment web's containers ask for, and one of them asks for nothing",
      helps: /resources\.requests/,
    },
    {
      name: "for want of what it is for",
      yaml: hpa(CPU, "wed"),
      cause: "Deployment wed, which it is for, does not exist",
      helps: /scaleTargetRef/,
    },
    {
      name: "for want of an adapter",
      yaml: web({ pod: SPREAD, container: PORTS }) + hpa(CUSTOM),
      cause: "no adapter serves the metric that it names",
      helps: /prometheus-adapter/,
    },
  ])("$name", async ({ yaml, cause, helps }) => {
    const { apply, examine, passes } = await doctorLab({ nodes: 2 });
    await apply(yaml);
    await passes(120);
    const found = only(await examine(), "autoscaler-blind");
    expect(found.cause, found.evidence.join()).toBe(cause);
    expect(found.remedies[0]?.says).toMatch(helps);
  });
});

describe("sessions in memory", () => {
  const profile = { workloads: { web: { sessions: "memory" as const } } };
  const app = (replicas: number, affinity = "") =>
    web({ replicas, pod: SPREAD, container: PORTS }) + service("80", affinity);

  test("of two behind one Service; a patch binds a client to one of them", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 2, profile });
    await apply(app(2));
    const found = only(await examine(), "sessions-in-process");
    expect(found.cause).toMatch(/Service web sends each request to any of 2 pods/);
    expect(found.remedies[1]?.command).toMatch(
      /^kubectl patch service\/web -n default --type=strategic -p '/,
    );
    await play(found.remedies[1]?.command);
    expect(only(await examine(), "sessions-in-process").cause).toMatch(/each client stays with one pod/);
  });

  test("of one are no trouble", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2, profile });
    await apply(app(1));
    expect(linesOf(await examine())).toEqual(NONE);
  });
});
