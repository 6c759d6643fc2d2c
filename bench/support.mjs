// What benches share: medians, and the one line that each ratio prints.

/** The middle one of an odd number of figures. */
export function median(figures) {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1];
}

/** Prints a ratio for scripts/bench.mjs: the median of its runs, their spread, and the bar it has to reach, if any. */
export function report({ what, ratios, bar, better, sizes }) {
  const spread = [Math.min(...ratios), Math.max(...ratios)];
  console.log(JSON.stringify({ what, ratio: median(ratios), bar, better, spread, sizes }));
}

/** Wall time of a call, in milliseconds. */
export function timed(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** A Deployment as a lab's API takes it. */
export function deployment(name, replicas) {
  return {
    metadata: { name, namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: "app",
              image: "nginx:1.27",
              ports: [{ containerPort: 80 }],
              resources: { requests: { cpu: "50m", memory: "64Mi" } },
              readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 5 },
              livenessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 10 },
            },
          ],
        },
      },
    },
  };
}

/** A Service in front of it. */
export function service(name) {
  return {
    metadata: { name, namespace: "default" },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  };
}
