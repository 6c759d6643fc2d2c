/** /metrics and /metrics/slis: what a Prometheus that scrapes API servers finds. */
import { readdirSync, readFileSync } from "node:fs";
import { type Kind, resourceName } from "../../../kube/kind.ts";
import type { ApiServer } from "../server.ts";
import type { Answer } from "./exchange.ts";
import { HEALTH_CHECKS } from "./health.ts";
import { type Family, labelText, Scalar } from "./prometheus.ts";
import type { RequestMetrics } from "./request-metrics.ts";
import { versionInfo } from "./version.ts";

/** What the figures are read from. */
export interface MetricsContext {
  readonly server: ApiServer;
  readonly requests: RequestMetrics;
  readonly minor: number;
}

/** Where the figures are told. */
export const METRICS_PATHS: readonly string[] = ["/metrics", "/metrics/slis"];

/** The answer for a path of metrics; undefined for every other. */
export function metricsAnswer(context: MetricsContext, path: string): Answer | undefined {
  if (path === "/metrics/slis") return page([healthChecks()]);
  if (path !== "/metrics") return undefined;
  const { server, requests, minor } = context;
  return page([...requests.families, ...storedObjects(server), buildInfo(minor), ...processFigures()]);
}

function page(families: readonly Family[]): Answer {
  return {
    type: "text",
    code: 200,
    text: families.map((family) => family.text()).join(""),
    isPacked: true,
    headers: {
      "content-type": "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
      "x-content-type-options": "",
    },
  };
}

function storedObjects(server: ApiServer): readonly Family[] {
  const objects = new Scalar(
    "apiserver_storage_objects",
    "gauge",
    "[STABLE] [DEPRECATED, consider using apiserver_resource_objects instead] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.",
  );
  const resources = new Scalar(
    "apiserver_resource_objects",
    "gauge",
    "[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.",
  );
  const api = server.api("system:apiserver");
  const stored = new Set<Kind>();
  for (const kind of server.kinds.all()) {
    const storage = server.kinds.storageOf(kind);
    if (!storage.verbs.includes("list") || stored.has(storage)) continue;
    stored.add(storage);
    const count = api.list(storage).length;
    objects.set(labelText({ resource: resourceName(storage) }), count);
    resources.set(labelText({ group: storage.group, resource: storage.plural }), count);
  }
  return [resources, objects];
}

function healthChecks(): Family {
  const checks = new Scalar(
    "kubernetes_healthcheck",
    "gauge",
    "[STABLE] This metric records the result of a single healthcheck.",
  );
  for (const [type, names] of Object.entries(HEALTH_CHECKS)) {
    for (const name of names) checks.set(labelText({ name, type }), 1);
  }
  return checks;
}

function buildInfo(minor: number): Family {
  const info = new Scalar(
    "kubernetes_build_info",
    "gauge",
    "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
  );
  const version = versionInfo(minor);
  const labels = {
    build_date: version.buildDate ?? "",
    compiler: version.compiler ?? "",
    git_commit: version.gitCommit ?? "",
    git_tree_state: version.gitTreeState ?? "",
    git_version: version.gitVersion ?? "",
    go_version: version.goVersion ?? "",
    major: version.major ?? "",
    minor: version.minor ?? "",
    platform: version.platform ?? "",
  };
  info.set(labelText(labels), 1);
  return info;
}

/** Of this process: the lab's parts all run in it. */
function processFigures(): readonly Family[] {
  const { user, system } = process.cpuUsage();
  const figures: readonly (readonly [string, "counter" | "gauge", string, number | undefined])[] = [
    [
      "process_cpu_seconds_total",
      "counter",
      "Total user and system CPU time spent in seconds.",
      (user + system) / 1e6,
    ],
    [
      "process_max_fds",
      "gauge",
      "Maximum number of open file descriptors.",
      Number(/^Max open files\s+(\d+)/m.exec(procFile("limits"))?.[1]) || undefined,
    ],
    ["process_open_fds", "gauge", "Number of open file descriptors.", openFiles()],
    ["process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", process.memoryUsage.rss()],
    [
      "process_start_time_seconds",
      "gauge",
      "Start time of the process since unix epoch in seconds.",
      performance.timeOrigin / 1000,
    ],
    [
      "process_virtual_memory_bytes",
      "gauge",
      "Virtual memory size in bytes.",
      Number(/^VmSize:\s+(\d+) kB/m.exec(procFile("status"))?.[1]) * 1024 || undefined,
    ],
  ];
  return figures.flatMap(([name, type, help, value]) => {
    if (value === undefined) return [];
    const figure = new Scalar(name, type, help);
    figure.set("", value);
    return [figure];
  });
}

// Only Linux tells these; elsewhere they are left out.
function procFile(name: string): string {
  try {
    return readFileSync(`/proc/self/${name}`, "utf8");
  } catch {
    return "";
  }
}

function openFiles(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}
