/** The health endpoints: /healthz, /livez and /readyz, whole or check by check. */
import { type Answer, type Exchange, PAGE_NOT_FOUND, textAnswer } from "./exchange.ts";

/** What each endpoint checks, by the names that real servers use. The lab's store stands where etcd stands. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  healthz: ["ping", "log", "etcd"],
  livez: ["ping", "log", "etcd"],
  readyz: ["ping", "log", "etcd", "etcd-readiness", "informer-sync", "shutdown"],
};

/** Every path that health is told at. */
export const HEALTH_PATHS: readonly string[] = Object.entries(CHECKS).flatMap(([endpoint, checks]) => [
  `/${endpoint}`,
  ...checks.map((check) => `/${endpoint}/${check}`),
]);

/** The answer for a health path; undefined for every other. A server that answers at all is healthy. */
export function healthAnswer({ info, query }: Exchange): Answer | undefined {
  const [endpoint = "", check, ...rest] = info.path.split("/").filter((part) => part !== "");
  const checks = CHECKS[endpoint];
  if (checks === undefined) return undefined;
  if (check !== undefined)
    return checks.includes(check) && rest.length === 0 ? textAnswer(200, "ok") : PAGE_NOT_FOUND;
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
