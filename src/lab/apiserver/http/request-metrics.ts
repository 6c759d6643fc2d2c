/** Counts requests as kube-apiserver does, under its names, so that dashboards and alerts made for one read a lab. */
import type { Kind } from "../../../kube/kind.ts";
import type { RequestHead } from "./exchange.ts";
import { type Family, Histogram, labelText, Scalar } from "./prometheus.ts";
import { isLongRunning, isTrue, type RequestInfo } from "./request-info.ts";
import type { Sent } from "./respond.ts";

/** Seconds, as the real one has them. */
const DURATION_BOUNDS = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];
/** Bytes: a thousand times ten, and on to a thousand million. */
const SIZE_BOUNDS = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

const VERBS: Readonly<Record<string, string>> = { create: "POST", update: "PUT" };
/** Methods that are told by name where no object is asked for; HEAD counts as GET. */
const METHODS: Readonly<Record<string, string>> = {
  get: "GET",
  head: "GET",
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  connect: "CONNECT",
};

/** The labels of one kind of request, as text. */
interface Series {
  readonly labels: string;
  /** With `dry_run`, as requests are counted. */
  readonly counted: string;
}

/** A request under way. */
export interface Running {
  /** Tells how it ended. */
  done(sent: Sent): void;
}

export class RequestMetrics {
  readonly #total = new Scalar(
    "apiserver_request_total",
    "counter",
    "[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
  );
  readonly #durations = new Histogram(
    "apiserver_request_duration_seconds",
    "[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.",
    DURATION_BOUNDS,
  );
  readonly #sizes = new Histogram(
    "apiserver_response_sizes",
    "[STABLE] Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.",
    SIZE_BOUNDS,
  );
  readonly #inflight = new Scalar(
    "apiserver_current_inflight_requests",
    "gauge",
    "[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.",
  );
  readonly #longRunning = new Scalar(
    "apiserver_longrunning_requests",
    "gauge",
    "[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.",
  );
  readonly #watchEvents = new Scalar(
    "apiserver_watch_events_total",
    "counter",
    "[ALPHA] Number of events sent in watch clients",
  );
  readonly #series = new Map<string, Series>();
  readonly #isCounted: (info: RequestInfo) => boolean;

  /** `isCounted` tells requests for what there is from all others: those have no end, and neither would their figures. */
  constructor(isCounted: (info: RequestInfo) => boolean) {
    this.#isCounted = isCounted;
    for (const labels of Object.values(INFLIGHT_LABELS)) this.#inflight.set(labels, 0);
  }

  get families(): readonly Family[] {
    return [this.#inflight, this.#longRunning, this.#durations, this.#total, this.#sizes, this.#watchEvents];
  }

  /** A request begins; `nowSeconds` reads a clock that only rises. */
  start(head: RequestHead, nowSeconds: () => number): Running {
    const { info } = head;
    const isLong = isLongRunning(info);
    const series = this.#isCounted(info) ? this.#seriesOf(head) : undefined;
    if (isLong && series === undefined) return NOT_COUNTED;
    const began = nowSeconds();
    const gauge = isLong ? this.#longRunning : this.#inflight;
    const gaugeLabels = isLong && series ? series.labels : INFLIGHT_LABELS[requestKind(info)];
    gauge.add(gaugeLabels);
    return {
      done: ({ code, bytes }) => {
        gauge.add(gaugeLabels, -1);
        if (series === undefined) return;
        this.#total.add(`code="${code}",${series.counted}`);
        if (!isLong) this.#durations.observe(series.counted, nowSeconds() - began);
        if (!isLong) this.#sizes.observe(series.labels, bytes);
      },
    };
  }

  /** Requests of one kind are counted under the same labels: they are written once. */
  #seriesOf(head: RequestHead): Series {
    const labels = labelsOf(head);
    const dryRun = isTrue(head.query.get("dryRun")) ? "All" : "";
    const key = `${Object.values(labels).join(" ")} ${dryRun}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const { component, ...rest } = labels;
      const counted = labelText({ component, dry_run: dryRun, ...rest });
      series = { labels: labelText({ ...labels }), counted };
      this.#series.set(key, series);
    }
    return series;
  }

  /** A notice went to a watcher. */
  watchEvent(kind: Kind): void {
    const { group, version, plural } = kind;
    this.#watchEvents.add(labelText({ group, resource: plural, version }));
  }
}

const NOT_COUNTED: Running = { done() {} };

const INFLIGHT_LABELS = {
  mutating: labelText({ request_kind: "mutating" }),
  readOnly: labelText({ request_kind: "readOnly" }),
};

function requestKind({ verb }: RequestInfo): keyof typeof INFLIGHT_LABELS {
  return verb === "get" || verb === "list" || verb === "head" ? "readOnly" : "mutating";
}

/** What a request is counted under, in the order in which it is told. */
interface RequestLabels {
  readonly component: string;
  readonly group: string;
  readonly resource: string;
  readonly scope: string;
  readonly subresource: string;
  readonly verb: string;
  readonly version: string;
}

function labelsOf({ info, headers }: RequestHead): RequestLabels {
  if (info.type === "path") {
    return {
      component: "",
      group: "",
      resource: "",
      scope: "",
      subresource: info.path,
      verb: METHODS[info.verb] ?? "other",
      version: "",
    };
  }
  const { group, version, resource, subresource = "" } = info;
  const isApply = info.verb === "patch" && /^application\/apply-patch/.test(headers["content-type"] ?? "");
  const verb = isApply ? "APPLY" : (VERBS[info.verb] ?? info.verb.toUpperCase());
  return { component: "apiserver", group, resource, scope: scopeOf(info), subresource, verb, version };
}

function scopeOf(info: Extract<RequestInfo, { type: "resource" }>): string {
  if (info.name !== undefined || info.verb === "create") return "resource";
  return info.namespace === undefined ? "cluster" : "namespace";
}
