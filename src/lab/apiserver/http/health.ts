/**
 * The health endpoints: /healthz, /livez and /readyz, whole or check by check. The lab's store stands where etcd stands; what
 * the post-start hooks of a real server bring up is up before the lab's server listens. A server that answers at all is healthy.
 */
import { type Answer, type Exchange, PAGE_NOT_FOUND, type TextAnswer, textAnswer } from "./exchange.ts";

/** Post-start hooks of a stock server, by the names and in the order that it tells. */
const HOOKS: readonly string[] = [
  "start-apiserver-admission-initializer",
  "generic-apiserver-start-informers",
  "priority-and-fairness-config-consumer",
  "priority-and-fairness-filter",
  "storage-object-count-tracker-hook",
  "start-apiextensions-informers",
  "start-apiextensions-controllers",
  "crd-informer-synced",
  "start-system-namespaces-controller",
  "start-cluster-authentication-info-controller",
  "start-kube-apiserver-identity-lease-controller",
  "start-kube-apiserver-identity-lease-garbage-collector",
  "start-legacy-token-tracking-controller",
  "start-service-ip-repair-controllers",
  "rbac/bootstrap-roles",
  "scheduling/bootstrap-system-priority-classes",
  "priority-and-fairness-config-producer",
  "bootstrap-controller",
  "start-kubernetes-service-cidr-controller",
  "start-kube-aggregator-informers",
  "apiservice-status-local-available-controller",
  "apiservice-status-remote-available-controller",
  "apiservice-registration-controller",
  "apiservice-discovery-controller",
  "kube-apiserver-autoregistration",
].map((name) => `poststarthook/${name}`);
const LATE_HOOKS: readonly string[] = [
  "apiservice-openapi-controller",
  "apiservice-openapiv3-controller",
].map((name) => `poststarthook/${name}`);
const STARTED = [...HOOKS, "autoregister-completion", ...LATE_HOOKS];

/** What each endpoint checks. */
export const HEALTH_CHECKS: Readonly<Record<"healthz" | "livez" | "readyz", readonly string[]>> = {
  healthz: ["ping", "log", "etcd", ...STARTED],
  livez: ["ping", "log", "etcd", ...STARTED],
  readyz: ["ping", "log", "etcd", "etcd-readiness", "informer-sync", ...STARTED, "shutdown"],
};

const CHECKS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(HEALTH_CHECKS));

/** Every path that health is told at. */
export const HEALTH_PATHS: readonly string[] = [...CHECKS].flatMap(([endpoint, checks]) => [
  `/${endpoint}`,
  ...checks.map((check) => `/${endpoint}/${check}`),
]);

/** The answer for a health path; undefined for every other. */
export function healthAnswer({ info, query }: Exchange): Answer | undefined {
  const [, endpoint = "", ...rest] = info.path.split("/");
  const checks = CHECKS.get(endpoint);
  if (checks === undefined) return undefined;
  if (rest.length > 0) return checks.includes(rest.join("/")) ? CHECK_OK : PAGE_NOT_FOUND;
  if (!query.has("verbose")) return textAnswer(200, "ok");
  const excluded = new Set(query.getAll("exclude"));
  const lines = checks.map((name) => (excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`));
  const unknown = [...excluded].filter((name) => !checks.includes(name));
  if (unknown.length > 0) {
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${unknown.map((name) => JSON.stringify(name)).join(", ")}`,
    );
  }
  return textAnswer(200, `${lines.join("\n")}\n${endpoint} check passed\n`);
}

const CHECK_OK: TextAnswer = { ...textAnswer(200, "ok"), headers: { "x-content-type-options": "" } };
