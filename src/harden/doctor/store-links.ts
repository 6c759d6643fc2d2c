/** Whom workloads keep their data with, as their variables say it. No value of a variable leaves this file but names of hosts and ports. */
import { services } from "../../kube/kinds.ts";
import type { Container, EnvVar, Service } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import type { Subject } from "../checks/subject.ts";

export interface StoreLink {
  readonly subject: Subject;
  readonly container: string;
  /** Name of the variable. */
  readonly variable: string;
  readonly host: string;
  readonly namespace: string;
  readonly name: string;
  readonly port: number | undefined;
  /** Absent where there is no such Service. */
  readonly service: Service | undefined;
}

const STORES =
  /redis|valkey|memcached?|session|cache|database|(^|_)db(_|$)|postgres|(^|_)pg|mysql|mariadb|mongo|rabbit|amqp|broker|celery/i;
const HOSTS = /host|server|address|addr|url|uri|dsn|endpoint|broker/i;

export function storeLinks(subject: Subject, view: ClusterView): StoreLink[] {
  return subject.spec.containers.flatMap((container) =>
    (container.env ?? []).flatMap((variable): StoreLink[] => {
      if (!STORES.test(variable.name) || !HOSTS.test(variable.name)) return [];
      const link = linkOf(variable, container);
      if (link === undefined) return [];
      const own = subject.workload.metadata.namespace ?? "default";
      const [name = "", namespace = own, ...rest] = link.host.split(".");
      // Any other name with dots leads out of the cluster.
      if (rest.length > 0 && rest[0] !== "svc") return [];
      if (rest.length === 0 && link.host.includes(".") && view.list(services, namespace).length === 0)
        return [];
      return [
        {
          subject,
          container: container.name,
          variable: variable.name,
          ...link,
          namespace,
          name,
          service: view.get(services, namespace, name),
        },
      ];
    }),
  );
}

function linkOf(
  { name, value }: EnvVar,
  { env = [] }: Container,
): { host: string; port: number | undefined } | undefined {
  if (value === undefined || value === "" || value.includes("$(")) return undefined;
  const read =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d+))?(?:[/?].*)?$/i.exec(value);
  const host = read?.[1]?.toLowerCase();
  if (host === undefined || host === "localhost" || /^\d+(\.\d+){3}$/.test(host) || /^\d+$/.test(host))
    return undefined;
  const beside = env.find((other) => other.name === name.replace(HOSTS, "PORT"))?.value;
  const port = Number(read?.[2] ?? beside ?? Number.NaN);
  return { host, port: Number.isInteger(port) ? port : undefined };
}
