import type { WorkloadProfile } from "../profile.ts";

/** What is known of a program by the name of its image. */
export interface CatalogueEntry {
  readonly profile: Partial<WorkloadProfile>;
  /** What it listens on without being told. */
  readonly ports: readonly number[];
  /** Where it keeps its data. */
  readonly dataPath?: string;
  /** Whether it ends at once when it is told nothing to do, where others run until they are stopped. */
  readonly ends?: boolean;
}

const database = (port: number, dataPath: string, startSeconds: [number, number]): CatalogueEntry => ({
  profile: { role: "database", startSeconds, stopSeconds: 1, pullSeconds: [3, 6] },
  ports: [port],
  dataPath,
});

const cache = (port: number, dataPath?: string): CatalogueEntry => ({
  profile: { role: "cache", startSeconds: [0.2, 0.6], stopSeconds: 0.2, pullSeconds: [2, 4] },
  ports: [port],
  ...(dataPath !== undefined && { dataPath }),
});

const proxy: CatalogueEntry = {
  // SIGTERM means "stop at once" to nginx and Apache: they do not drain.
  profile: { role: "web", startSeconds: [0.2, 0.8], stopSeconds: 0.1, pullSeconds: [2, 4] },
  ports: [80],
};

const shell: CatalogueEntry = {
  // `sleep` as process 1, which is what people start it with, does not hear SIGTERM.
  profile: { stopSeconds: 3600, startSeconds: [0.1, 0.2], pullSeconds: [1, 2] },
  ports: [],
  ends: true,
};

/**
 * Images that most clusters run, by the last part of their name. Times are of small data sets on two cores; a profile file
 * overrides each of them.
 */
const CATALOGUE: Readonly<Record<string, CatalogueEntry>> = {
  postgres: database(5432, "/var/lib/postgresql", [1, 2.5]),
  postgresql: database(5432, "/bitnami/postgresql", [1.5, 4]),
  postgis: database(5432, "/var/lib/postgresql", [1, 3]),
  timescaledb: database(5432, "/var/lib/postgresql", [1, 3]),
  mysql: database(3306, "/var/lib/mysql", [4, 10]),
  mariadb: database(3306, "/var/lib/mysql", [2, 6]),
  percona: database(3306, "/var/lib/mysql", [4, 10]),
  mongo: database(27017, "/data/db", [1, 3]),
  mongodb: database(27017, "/bitnami/mongodb", [2, 5]),
  cassandra: database(9042, "/var/lib/cassandra", [20, 45]),
  elasticsearch: database(9200, "/usr/share/elasticsearch/data", [12, 30]),
  opensearch: database(9200, "/usr/share/opensearch/data", [12, 30]),
  influxdb: database(8086, "/var/lib/influxdb", [1, 3]),
  clickhouse: database(8123, "/var/lib/clickhouse", [2, 5]),
  "clickhouse-server": database(8123, "/var/lib/clickhouse", [2, 5]),
  etcd: database(2379, "/etcd-data", [1, 3]),
  minio: database(9000, "/data", [1, 3]),
  redis: cache(6379, "/data"),
  valkey: cache(6379, "/data"),
  keydb: cache(6379, "/data"),
  dragonfly: cache(6379, "/data"),
  memcached: cache(11211),
  rabbitmq: {
    profile: { role: "queue", startSeconds: [4, 8], stopSeconds: 3, pullSeconds: [3, 6] },
    ports: [5672],
    dataPath: "/var/lib/rabbitmq",
  },
  kafka: {
    profile: { role: "queue", startSeconds: [6, 15], stopSeconds: 4, pullSeconds: [4, 8] },
    ports: [9092],
    dataPath: "/var/lib/kafka",
  },
  nats: {
    profile: { role: "queue", startSeconds: [0.2, 0.6], stopSeconds: 0.5, pullSeconds: [2, 4] },
    ports: [4222],
  },
  "eclipse-mosquitto": {
    profile: { role: "queue", startSeconds: [0.2, 0.6], stopSeconds: 0.3, pullSeconds: [2, 4] },
    ports: [1883],
  },
  nginx: proxy,
  "nginx-unprivileged": { ...proxy, ports: [8080] },
  httpd: proxy,
  caddy: proxy,
  traefik: proxy,
  haproxy: proxy,
  // What people start pods with that only have to be there.
  busybox: shell,
  alpine: shell,
  pause: { profile: { stopSeconds: 0, startSeconds: [0, 0.1], pullSeconds: [0.5, 1] }, ports: [] },
  // Of Kubernetes' own tests; it waits when it is told nothing.
  agnhost: { profile: {}, ports: [] },
};

/** What is known of an image's repository, such as "bitnami/redis". */
export function catalogueEntry(repository: string): CatalogueEntry | undefined {
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  return Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name] : undefined;
}
