import type { Probe } from "../../kube/types/index.ts";
import { type Check, nameOf } from "./check.ts";
import { asksTheSame } from "./probes.ts";

/** Words by which programs call an answer that looks at what they need. */
const DEEP_PATH = /\b(ready|readiness|deep|db|database|dependencies|full)\b/i;
const DEEP_COMMAND = /\b(psql|pg_isready|mysqladmin|mysql|redis-cli|mongosh?|nc|curl|wget)\b/;
const ELSEWHERE =
  /(?:-h|--host|-H|nc(?: -\w+)*)\s+(?!localhost|127\.|\$)[a-z][\w.-]*|https?:\/\/(?!localhost|127\.)/i;

/** A liveness probe that looks at a database restarts every replica when the database is away. */
export const livenessDepends: Check = {
  id: "liveness-depends",
  severity: "warning",
  title: "A liveness probe looks at its own process only",
  *find({ podSources }) {
    for (const { object, spec, path } of podSources) {
      for (const [at, { name, livenessProbe, readinessProbe }] of spec.containers.entries()) {
        if (livenessProbe === undefined) continue;
        const why = whyDeep(livenessProbe);
        if (why === undefined) continue;
        const same = readinessProbe !== undefined && asksTheSame(livenessProbe, readinessProbe);
        yield {
          object: nameOf(object),
          field: `${path}.containers[${at}].livenessProbe`,
          message: `container ${name} is restarted by an answer that seems to depend on others: ${why}`,
          consequence: `when what it needs is away, restarting it helps nobody: all replicas restart again and again, and none is warm when it comes back${same ? "; the readiness probe asks the same already" : ""}`,
        };
      }
    }
  },
};

function whyDeep({ httpGet, exec }: Probe): string | undefined {
  const url = httpGet?.path ?? "";
  if (DEEP_PATH.test(url)) return `GET ${url}`;
  const command = (exec?.command ?? []).join(" ");
  return DEEP_COMMAND.test(command) && ELSEWHERE.test(command) ? command : undefined;
}
