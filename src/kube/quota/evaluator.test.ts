import { describe, expect, test } from "vitest";
import type { KubeObject, ResourceQuota } from "../types/index.ts";
import { quotaEvaluatorOf, quotaMatches } from "./evaluator.ts";
import { formatAmounts } from "./resource-lists.ts";

const pods = quotaEvaluatorOf({ group: "", plural: "pods" });
const services = quotaEvaluatorOf({ group: "", plural: "services" });
const claims = quotaEvaluatorOf({ group: "", plural: "persistentvolumeclaims" });
const secrets = quotaEvaluatorOf({ group: "", plural: "secrets" });
const deployments = quotaEvaluatorOf({ group: "apps", plural: "deployments" });

const NOW = Date.parse("2026-01-01T12:00:00Z");

interface Loose {
  readonly [field: string]: unknown;
}

function object(spec: Loose, rest: { readonly metadata?: Loose; readonly status?: Loose } = {}): KubeObject {
  const { metadata, status = {} } = rest;
  return {
    metadata: { name: "x", namespace: "default", ...metadata },
    spec,
    status,
  } as unknown as KubeObject;
}

function podOf(requests: Loose, rest: Loose = {}): KubeObject {
  return object({ containers: [{ name: "c", image: "i", resources: { requests } }], ...rest });
}

function quota(hard: readonly string[], spec: Loose): ResourceQuota {
  const limits = Object.fromEntries(hard.map((name) => [name, "5"]));
  return object({ hard: limits, ...spec }, { status: { hard: limits } }) as ResourceQuota;
}

const used = (evaluator: typeof pods, what: KubeObject): string => formatAmounts(evaluator.usage(what, NOW));

describe("pods use", () => {
  test("what they request, under both names, and what they are limited to", () => {
    const resources = {
      requests: { cpu: "100m", memory: "1Gi", "example.com/gpu": "2" },
      limits: { cpu: "1" },
    };
    const pod = object({ containers: [{ name: "c", image: "i", resources }] });
    expect(used(pods, pod)).toBe(
      "count/pods=1,cpu=100m,limits.cpu=1,memory=1Gi,pods=1,requests.cpu=100m,requests.example.com/gpu=2,requests.memory=1Gi",
    );
  });

  test("what their containers ever need at once", () => {
    const container = (cpu: string, rest: Loose = {}): Loose => ({
      name: `c${cpu}`,
      resources: { requests: { cpu } },
      ...rest,
    });
    const sidecar = container("200m", { restartPolicy: "Always" });
    const initContainers = [container("300m"), sidecar, container("1")];
    expect(used(pods, object({ containers: [container("100m"), container("400m")], initContainers }))).toBe(
      "count/pods=1,cpu=1200m,pods=1,requests.cpu=1200m",
    );
  });

  test("what the pod as a whole asks for, where it says so", () => {
    const pod = podOf({ cpu: "100m" }, { resources: { requests: { cpu: "2" } } });
    expect(used(pods, pod)).toBe("count/pods=1,cpu=2,pods=1,requests.cpu=2");
  });

  test("nothing but their place once they have ended", () => {
    const spec = { containers: [{ name: "c", resources: { requests: { cpu: "1" } } }] };
    expect(used(pods, object(spec, { status: { phase: "Succeeded" } }))).toBe("count/pods=1");
    expect(used(pods, object(spec, { status: { phase: "Failed" } }))).toBe("count/pods=1");
  });

  test("nothing but their place once they should have been gone", () => {
    const spec = { containers: [{ name: "c", resources: {} }] };
    const leaving = (deletionTimestamp: string): KubeObject =>
      object(spec, { metadata: { deletionTimestamp, deletionGracePeriodSeconds: 30 } });
    expect(used(pods, leaving("2026-01-01T11:59:30Z"))).toBe("count/pods=1,pods=1");
    expect(used(pods, leaving("2026-01-01T11:59:29Z"))).toBe("count/pods=1");
  });
});

test("pods have to say what a quota limits, by name and container", () => {
  const pod = object({
    containers: [
      { name: "b", resources: { requests: { cpu: "1" } } },
      { name: "a", resources: {} },
    ],
  });
  expect(pods.missing?.(pod, ["requests.cpu", "limits.cpu", "pods", "requests.storage"])).toBe(
    "must specify limits.cpu for: a,b; requests.cpu for: a",
  );
  expect(pods.missing?.(pod, ["pods"])).toBeUndefined();
});

test.each([
  ["pods", true],
  ["requests.ephemeral-storage", true],
  ["hugepages-2Mi", true],
  ["requests.example.com/gpu", true],
  ["limits.example.com/gpu", false],
  ["requests.kubernetes.io/thing", false],
  ["requests.storage", false],
  ["count/deployments.apps", false],
])("whether %s is a limit of pods: %s", (name, limited) => {
  expect(pods.limits(name)).toBe(limited);
});

describe("the scope", () => {
  const plain = podOf({});
  const burstable = podOf({ cpu: "1" });
  const limited = podOf({}, { activeDeadlineSeconds: 0 });
  const high = podOf({}, { priorityClassName: "high" });
  const across = podOf(
    {},
    {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: { topologyKey: "zone", namespaces: ["other"] } },
          ],
        },
      },
    },
  );

  test.each<[string, Loose, KubeObject, KubeObject]>([
    ["Terminating", { scopes: ["Terminating"] }, limited, plain],
    ["NotTerminating", { scopes: ["NotTerminating"] }, plain, limited],
    ["BestEffort", { scopes: ["BestEffort"] }, plain, burstable],
    ["NotBestEffort", { scopes: ["NotBestEffort"] }, burstable, plain],
    ["CrossNamespacePodAffinity", { scopes: ["CrossNamespacePodAffinity"] }, across, plain],
    ["PriorityClass Exists", { scopes: ["PriorityClass"] }, high, plain],
    ["PriorityClass In", priority("In", ["high"]), high, podOf({}, { priorityClassName: "low" })],
    ["PriorityClass NotIn", priority("NotIn", ["high"]), plain, high],
    ["PriorityClass DoesNotExist", priority("DoesNotExist"), plain, high],
    ["two at once", { scopes: ["BestEffort", "Terminating"] }, limited, plain],
  ])("%s", (_name, spec, inside, outside) => {
    const limits = quota(["pods"], spec);
    expect(quotaMatches(limits, pods, inside)).toBe(true);
    expect(quotaMatches(limits, pods, outside)).toBe(false);
  });

  test("of pods takes in nothing else", () => {
    expect(quotaMatches(quota(["services"], { scopes: ["NotBestEffort"] }), services, object({}))).toBe(
      false,
    );
    expect(quotaMatches(quota(["services"], {}), services, object({}))).toBe(true);
  });

  test("of volume attributes looks at what is wanted and what is there", () => {
    const scope = (operator: string, values?: readonly string[]): ResourceQuota =>
      quota(["persistentvolumeclaims"], selector("VolumeAttributesClass", operator, values));
    const claim = object(
      { volumeAttributesClassName: "gold" },
      { status: { currentVolumeAttributesClassName: "silver" } },
    );
    expect(quotaMatches(scope("In", ["silver"]), claims, claim)).toBe(true);
    expect(quotaMatches(scope("In", ["bronze"]), claims, claim)).toBe(false);
    expect(quotaMatches(scope("NotIn", ["gold"]), claims, claim)).toBe(true);
    expect(quotaMatches(scope("NotIn", ["gold", "silver"]), claims, claim)).toBe(false);
    expect(quotaMatches(scope("Exists"), claims, object({}))).toBe(false);
    expect(quotaMatches(scope("DoesNotExist"), claims, object({}))).toBe(true);
  });

  function priority(operator: string, values?: readonly string[]): Loose {
    return selector("PriorityClass", operator, values);
  }

  function selector(scopeName: string, operator: string, values: readonly string[] = []): Loose {
    return { scopeSelector: { matchExpressions: [{ scopeName, operator, values }] } };
  }
});

describe("services use", () => {
  const ports = [{ port: 80, nodePort: 30080 }, { port: 443 }];

  test.each([
    ["ClusterIP", {}, 0, 0],
    ["NodePort", {}, 0, 2],
    ["LoadBalancer", {}, 1, 2],
    ["LoadBalancer", { allocateLoadBalancerNodePorts: false }, 1, 1],
  ])("%s %j: %i load balancers, %i node ports", (type, rest, balancers, nodePorts) => {
    expect(used(services, object({ type, ports, ...rest }))).toBe(
      `count/services=1,services=1,services.loadbalancers=${balancers},services.nodeports=${nodePorts}`,
    );
  });
});

describe("claims use", () => {
  test("their size, in all and of their class", () => {
    const resources = { requests: { storage: "10Gi" } };
    expect(used(claims, object({ resources, storageClassName: "fast" }))).toBe(
      [
        "count/persistentvolumeclaims=1",
        "fast.storageclass.storage.k8s.io/persistentvolumeclaims=1",
        "fast.storageclass.storage.k8s.io/requests.storage=10Gi",
        "persistentvolumeclaims=1",
        "requests.storage=10Gi",
      ].join(),
    );
    expect(claims.limits("fast.storageclass.storage.k8s.io/requests.storage")).toBe(true);
  });

  test("the larger size while they grow or shrink", () => {
    const claim = object(
      { resources: { requests: { storage: "5Gi" } } },
      { status: { allocatedResources: { storage: "10Gi" } } },
    );
    expect(used(claims, claim)).toContain("requests.storage=10Gi");
  });
});

test("other kinds are merely counted, a few of them by their plain name too", () => {
  expect(used(secrets, object({}))).toBe("count/secrets=1,secrets=1");
  expect(used(deployments, object({}))).toBe("count/deployments.apps=1");
  expect(deployments.limits("deployments")).toBe(false);
});

test("only writes that can change what is used are judged", () => {
  const plain = podOf({});
  const limited = podOf({}, { activeDeadlineSeconds: 10 });
  const write = { subresource: undefined, object: limited, old: plain } as const;
  expect(pods.handles({ operation: "CREATE", ...write, old: undefined })).toBe(true);
  expect(pods.handles({ operation: "UPDATE", ...write })).toBe(true);
  expect(pods.handles({ operation: "UPDATE", ...write, old: limited })).toBe(false);
  expect(pods.handles({ operation: "UPDATE", ...write, subresource: "status" })).toBe(false);
  expect(pods.handles({ operation: "UPDATE", ...write, subresource: "resize" })).toBe(true);
  expect(services.handles({ operation: "UPDATE", ...write })).toBe(true);
  expect(secrets.handles({ operation: "UPDATE", ...write })).toBe(false);
  expect(secrets.handles({ operation: "DELETE", ...write })).toBe(false);
});
