// How fast the lab's API server writes, against keeping the same objects in a map as copies. A write goes the whole way:
// defaults, admission, validation, field ownership, history, ten watches that are read to their end.
import { pods } from "../dist/kube/kinds.js";
import { timingFor } from "../dist/kube/timing.js";
import { createApiServer } from "../dist/lab/apiserver/create-api-server.js";
import { Engine } from "../dist/time/engine.js";
import { median, report, timed } from "./support.mjs";

const PODS = 2_000;
/** How many pods are written before it is the other one's turn. */
const TURN = 50;
const WATCHES = 10;
const RUNS = 11;
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

/** Creates the pods and then updates every one, each write heard by all watches. */
function serverWrites(server, streams, bodies) {
  for (const each of bodies) {
    const made = server.create(CALLER, TARGET, each);
    const labels = { ...made.metadata.labels, seen: "yes" };
    const changed = { ...made, metadata: { ...made.metadata, labels } };
    server.update(CALLER, { ...TARGET, name: made.metadata.name }, changed);
    drain(streams);
  }
}

function mapWrites(map, pods) {
  for (let i = 0; i < 2; i++) {
    for (const each of pods) map.set(each.metadata.name, JSON.parse(JSON.stringify(each)));
  }
}

/** How much faster one server writes than one map. They take turns, so that both meet the same moods of the machine. */
function run(seed) {
  const engine = new Engine({ seed });
  const server = createApiServer({ engine, timing: timingFor() });
  const streams = Array.from({ length: WATCHES }, () => server.watch(CALLER, TARGET));
  drain(streams);
  const map = new Map();
  let serverMs = 0;
  let mapMs = 0;
  let kept = [];
  for (let first = 0; first < PODS; first += TURN) {
    // As they come over a wire: nothing is shared between them.
    const bodies = Array.from({ length: TURN }, (_, i) => JSON.parse(JSON.stringify(body(first + i))));
    serverMs += timed(() => serverWrites(server, streams, bodies));
    kept = bodies.map(({ metadata }) => server.get(CALLER, { ...TARGET, name: metadata.name }));
    mapMs += timed(() => mapWrites(map, kept));
  }
  const bytes = JSON.stringify(kept[0]).length;
  return { ratio: mapMs / serverMs, writesPerSecond: (2 * PODS) / (serverMs / 1_000), bytes };
}

// Whatever is compiled while it runs is not what is measured.
run(0);

const runs = Array.from({ length: RUNS }, (_, i) => run(i + 1));
const rate = median(runs.map(({ writesPerSecond }) => writesPerSecond));
report({
  what: "rate of API writes / rate of copying the same pods into a map",
  ratios: runs.map(({ ratio }) => ratio),
  bar: 0.5,
  better: "higher",
  sizes: `${PODS} pods of ${runs[0].bytes} bytes created and updated, ${WATCHES} watches, seeds 1 to ${RUNS}; ${Math.round(rate)} writes/s`,
});
