// Writes test/golden/managed-fields.data.json: what a stock API server makes of creates, updates, patches and applies, step by
// step, so that tests can hold our field ownership against it.
// Usage: node scripts/record-managed-fields.mjs https://HOST:PORT TOKEN
//   (a server of the version modelled, whose certificate is not checked; works in a namespace of its own, which it deletes)
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:https";

const [server, token] = process.argv.slice(2);
const NAMESPACE = "record-managed-fields";
const CONTENT_TYPES = {
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

function call(method, path, body, contentType = "application/json") {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": contentType };
    const outgoing = request(`${server}${path}`, { method, headers, rejectUnauthorized: false }, (answer) => {
      let text = "";
      answer.on("data", (part) => {
        text += part;
      });
      answer.on("end", () => resolve(JSON.parse(text)));
    });
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const container = (changes) => ({ name: "cart", image: "cart:1", ...changes });
const podTemplate = (metadata, spec) => ({
  apiVersion: "v1",
  kind: "PodTemplate",
  metadata: { name: "cart", ...metadata },
  template: { metadata: { labels: { app: "cart" } }, spec },
});
const deployment = (metadata, spec) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "cart", ...metadata },
  spec: {
    selector: { matchLabels: { app: "cart" } },
    template: { metadata: { labels: { app: "cart" } }, spec: { containers: [container()] } },
    ...spec,
  },
});
const configMap = (metadata, data) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "cart", ...metadata },
  data,
});
const lastApplied = (object) => ({
  "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(object)}\n`,
});

const namespaced = (path) => `${path}/namespaces/${NAMESPACE}`;
const SCENARIOS = [
  {
    name: "pod templates",
    path: `${namespaced("/api/v1")}/podtemplates`,
    kind: { group: "", version: "v1", kind: "PodTemplate" },
    steps: [
      {
        name: "a create owns what was sent and what defaults added",
        op: "create",
        manager: "kubectl-create",
        body: podTemplate(
          { labels: { tier: "web" }, annotations: { note: "x" }, finalizers: ["example.com/a"] },
          {
            containers: [
              container({
                ports: [{ containerPort: 8080 }, { containerPort: 53, protocol: "UDP" }],
                env: [{ name: "B", value: "1" }, { name: "A" }],
                resources: { requests: { cpu: "100m" } },
                volumeMounts: [{ name: "data", mountPath: "/data" }],
              }),
            ],
            nodeSelector: { disk: "ssd" },
            tolerations: [{ key: "gpu", operator: "Exists" }],
            volumes: [{ name: "data", emptyDir: {} }],
          },
        ),
      },
      {
        name: "an update takes changed fields from their owner and drops removed ones",
        op: "update",
        manager: "kubectl-edit",
        body: podTemplate(
          { labels: { tier: "api", team: "shop" }, finalizers: ["example.com/b", "example.com/a"] },
          {
            containers: [
              container({
                image: "cart:2",
                ports: [{ containerPort: 8080 }],
                env: [{ name: "B", value: "2" }, { name: "C" }],
              }),
              { name: "proxy", image: "proxy:1" },
            ],
            nodeSelector: { disk: "hdd" },
          },
        ),
      },
      {
        name: "a patch owns only what it changes",
        op: "strategic",
        manager: "kubectl-patch",
        body: { template: { spec: { containers: [{ name: "proxy", image: "proxy:2" }] } } },
      },
      {
        name: "a patch that changes nothing owns nothing",
        op: "merge",
        manager: "someone",
        body: { metadata: { labels: { team: "shop" } } },
      },
      {
        name: "a patch that only removes takes from the owners and owns nothing",
        op: "merge",
        manager: "someone",
        body: { metadata: { labels: null } },
      },
      {
        name: "an apply of values that others own conflicts",
        op: "apply",
        manager: "holdfast",
        body: podTemplate(
          {},
          { containers: [container({ image: "cart:3" }), { name: "proxy", image: "proxy:3" }] },
        ),
      },
      {
        name: "a forced apply takes the fields",
        op: "apply",
        force: true,
        manager: "holdfast",
        body: podTemplate(
          { labels: { tier: "db" }, annotations: { plan: "1" } },
          { containers: [container({ image: "cart:3" }), { name: "proxy", image: "proxy:3" }] },
        ),
      },
      {
        name: "an apply of the same values shares them, without a time",
        op: "apply",
        manager: "other",
        body: podTemplate({ labels: { tier: "db" } }, { containers: [container({ image: "cart:3" })] }),
      },
      {
        name: "an apply with another value conflicts with both appliers",
        op: "apply",
        manager: "third",
        body: podTemplate({ labels: { tier: "cache" } }, { containers: [container({ image: "cart:4" })] }),
      },
      {
        name: "fields no longer applied go, unless others own them",
        op: "apply",
        manager: "holdfast",
        body: podTemplate(
          {},
          { containers: [container({ image: "cart:3" }), { name: "proxy", image: "proxy:3" }] },
        ),
      },
      {
        name: "applying the same again changes nothing",
        op: "apply",
        manager: "holdfast",
        body: podTemplate(
          {},
          { containers: [container({ image: "cart:3" }), { name: "proxy", image: "proxy:3" }] },
        ),
      },
      {
        name: "an empty list of managers forgets them all",
        op: "merge",
        manager: "someone",
        body: { metadata: { managedFields: [{}], annotations: { note: "y" } } },
      },
      {
        name: "the first apply after that finds the fields owned by whoever was before",
        op: "apply",
        manager: "holdfast",
        body: podTemplate({ annotations: { note: "y" } }, { containers: [container({ image: "cart:3" })] }),
      },
      ...["an undeclared field", "a wrong type", "a duplicate", "an item without a key"].map((what, i) => ({
        name: `an apply with ${what} is refused`,
        op: "apply",
        manager: "holdfast",
        body: podTemplate(
          {},
          [
            { containers: [container({ imagee: "x" })] },
            { containers: [container({ image: 5 })], hostNetwork: "yes", terminationGracePeriodSeconds: "x" },
            { containers: [container(), container()] },
            { containers: [container({ env: ["A"] })], tolerations: {} },
          ][i],
        ),
      })),
    ],
  },
  {
    name: "many managers",
    path: `${namespaced("/api/v1")}/configmaps`,
    kind: { group: "", version: "v1", kind: "ConfigMap" },
    steps: [
      { name: "manager 0 creates", op: "create", manager: "manager-0", body: configMap({}, { k0: "x" }) },
      ...Array.from({ length: 13 }, (_, i) => ({
        name: `manager ${i + 1} adds its own key`,
        op: "merge",
        manager: `manager-${i + 1}`,
        body: { data: { [`k${i + 1}`]: "x" } },
        waitMs: i % 4 === 0 ? 1100 : 0,
      })),
    ],
  },
  {
    name: "from client-side to server-side apply",
    path: `${namespaced("/api/v1")}/configmaps`,
    kind: { group: "", version: "v1", kind: "ConfigMap" },
    steps: [
      {
        name: "kubectl creates with its annotation",
        op: "create",
        manager: "kubectl-client-side-apply",
        body: configMap({ annotations: lastApplied(configMap({}, { a: "1", b: "1" })) }, { a: "1", b: "1" }),
      },
      {
        name: "somebody else changes a field",
        op: "merge",
        manager: "controller",
        body: { data: { b: "2" } },
      },
      {
        name: "kubectl may take what its annotation claims, but not what was changed since",
        op: "apply",
        manager: "kubectl",
        body: configMap({}, { a: "3", b: "3" }),
      },
      {
        name: "kubectl takes over without force, and keeps its annotation up to date",
        op: "apply",
        manager: "kubectl",
        body: configMap({}, { a: "3", c: "1" }),
      },
    ],
  },
  {
    name: "deployments",
    path: `${namespaced("/apis/apps/v1")}/deployments`,
    kind: { group: "apps", version: "v1", kind: "Deployment" },
    steps: [
      {
        name: "a create does not own the status that it sent",
        op: "create",
        manager: "kubectl-create",
        body: { ...deployment({}, { replicas: 0, paused: true }), status: { replicas: 7 } },
      },
      {
        name: "an update of the status owns status fields, through its own door",
        op: "merge",
        subresource: "status",
        manager: "controller",
        body: {
          metadata: { annotations: { seen: "1" }, labels: { not: "taken" } },
          spec: { replicas: 5 },
          status: { conditions: [{ type: "Drill", status: "True" }], collisionCount: 1 },
        },
      },
      {
        name: "scaling owns the replicas, through its own door",
        op: "merge",
        subresource: "scale",
        manager: "autoscaler",
        body: { spec: { replicas: 1 } },
      },
      {
        name: "an apply of replicas conflicts with the autoscaler",
        op: "apply",
        manager: "kubectl",
        body: deployment({}, { replicas: 0 }),
      },
      {
        name: "a status can be applied",
        op: "apply",
        subresource: "status",
        manager: "prober",
        body: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "cart" },
          status: { conditions: [{ type: "Probed", status: "True" }] },
        },
      },
      {
        name: "an apply of another kind is a bad request",
        op: "apply",
        manager: "holdfast",
        body: { ...deployment({}, {}), kind: "ReplicaSet" },
      },
    ],
  },
];

/** The object as it was at a resourceVersion: the scale subresource answers with a Scale, and controllers are quick. */
async function exactly({ path, kind: { group, version, kind } }, resourceVersion) {
  const query = `?fieldSelector=metadata.name%3Dcart&resourceVersionMatch=Exact&resourceVersion=${resourceVersion}`;
  const { items } = await call("GET", path + query);
  return { kind, apiVersion: `${group}/${version}`, ...items[0] };
}

async function runStep(scenario, step) {
  const object = `${scenario.path}/cart`;
  const door = step.subresource === undefined ? object : `${object}/${step.subresource}`;
  const query = `?fieldManager=${step.manager}${step.force ? "&force=true" : ""}`;
  await new Promise((resolve) =>
    setTimeout(resolve, step.waitMs ?? (scenario.name === "deployments" ? 1500 : 0)),
  );
  const found = await call("GET", object);
  const before = found.kind === "Status" ? null : found;
  const after =
    step.op === "create"
      ? await call("POST", scenario.path + query, step.body)
      : step.op === "update"
        ? await call("PUT", door + query, step.body)
        : await call("PATCH", door + query, step.body, CONTENT_TYPES[step.op]);
  const answer = after.kind === "Scale" ? await exactly(scenario, after.metadata.resourceVersion) : after;
  const { waitMs: _, ...recorded } = step;
  return { ...recorded, before, answer };
}

await call("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
const recorded = [];
for (const scenario of SCENARIOS) {
  const steps = [];
  for (const step of scenario.steps) steps.push(await runStep(scenario, step));
  recorded.push({ name: scenario.name, kind: scenario.kind, steps });
  await call("PATCH", `${scenario.path}/cart`, { metadata: { finalizers: null } }, CONTENT_TYPES.merge);
  await call("DELETE", `${scenario.path}/cart`);
}
await call("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
mkdirSync("test/golden", { recursive: true });
// One step a line, so that a change shows where it is.
const lines = recorded.map(
  ({ steps, ...scenario }) =>
    `${JSON.stringify(scenario).slice(0, -1)},"steps":[\n${steps.map((step) => JSON.stringify(step)).join(",\n")}\n]}`,
);
writeFileSync("test/golden/managed-fields.data.json", `[\n${lines.join(",\n")}\n]\n`);
