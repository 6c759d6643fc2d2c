// How fast the lab's API server writes, against keeping the same objects in a map as copies. A write goes the whole way:
// defaults, admission, validation, field ownership, history, ten watches that are read to their end.
import { pods } from "../dist/kube/kinds.js";
import { timingFor } from "../dist/kube/timing.js";
import { createApiServer } from "../dist/lab/apiserver/create-api-server.js";
import { Engine } from "../dist/time/engine.js";
import { median, report, timed } from "./support.mjs";

const PODS = 2_000;
const WATCHES = 10;
const RUNS = 5;
const CALLER = { user: { name: "bench", groups: ["system:masters"] }, agent: "bench" };
const TARGET = { kind: pods, namespace: "default" };

/** A pod as a Deployment makes them; about 3 KB of JSON once the server has completed it. */
function body(i) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `cart-5d4f8c7b9-${i}`,
      namespace: "default",
      labels: { app: "cart", "pod-template-hash": "5d4f8c7b9" },
    },
    spec: {
      containers: [
        {
          name: "web",
          image: "registry.example.com/shop/cart:1.27.3",
          env: [
            { name: "DATABASE_HOST", value: "postgres.shop.svc" },
            { name: "LOG_LEVEL", value: "info" },
          ],
          ports: [{ name: "http", containerPort: 8080 }],
          resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
          readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 5 },
        },
      ],
    },
  };
}

function drain(streams) {
  for (const stream of streams) while (stream.next() !== undefined);
}

/** Writes per millisecond of creating every pod and then updating every one, and what is kept in the end. */
function serverRate(seed, bodies) {
  const engine = new Engine({ seed });
  const server = createApiServer({ engine, timing: timingFor() });
  const streams = Array.from({ length: WATCHES }, () => server.watch(CALLER, TARGET));
  drain(streams);
  const ms = timed(() => {
    for (const each of bodies) {
      const made = server.create(CALLER, TARGET, each);
      const labels = { ...made.metadata.labels, seen: "yes" };
      const changed = { ...made, metadata: { ...made.metadata, labels } };
      server.update(CALLER, { ...TARGET, name: made.metadata.name }, changed);
      drain(streams);
    }
  });
  return { rate: (2 * bodies.length) / ms, kept: server.list(CALLER, TARGET).items };
}

function mapRate(bodies) {
  const map = new Map();
  const ms = timed(() => {
    for (let i = 0; i < 2; i++) {
      for (const each of bodies) map.set(each.metadata.name, JSON.parse(JSON.stringify(each)));
    }
  });
  return (2 * bodies.length) / ms;
}

// Whatever is compiled while it runs is not what is measured.
const warm = serverRate(
  0,
  Array.from({ length: PODS }, (_, i) => body(i)),
);
mapRate(warm.kept);

const ratios = [];
const rates = [];
for (let seed = 1; seed <= RUNS; seed++) {
  const texts = Array.from({ length: PODS }, (_, i) => JSON.stringify(body(i)));
  const { rate, kept } = serverRate(
    seed,
    texts.map((text) => JSON.parse(text)),
  );
  rates.push(rate);
  ratios.push(rate / mapRate(kept));
}
const bytes = JSON.stringify(warm.kept[0]).length;
report({
  what: "rate of API writes / rate of copying the same pods into a map",
  ratios,
  bar: 0.5,
  better: "higher",
  sizes: `${PODS} pods of ${bytes} bytes created and updated, ${WATCHES} watches, seeds 1 to ${RUNS}; ${Math.round(median(rates) * 1000)} writes/s`,
});
