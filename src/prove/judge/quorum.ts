import type { Pod } from "../../kube/types/index.ts";
import { parseImage } from "../../lab/node/host/image-names.ts";

/** Programs whose members decide by majority, by the last part of their images' names. */
const BY_MAJORITY: ReadonlySet<string> = new Set([
  "cockroach",
  "consul",
  "elasticsearch",
  "etcd",
  "galera",
  "mariadb-galera",
  "mongo",
  "mongodb",
  "opensearch",
  "rabbitmq",
  "vault",
  "zookeeper",
]);

/** How many of so many members are a majority, where the pod's program decides by one; two members or one have nothing to decide by. */
export function quorumOf(
  { spec }: Pod,
  members: number,
): { readonly program: string; readonly quorum: number } | undefined {
  if (members < 3) return undefined;
  for (const { image } of spec.containers) {
    const { repository } = parseImage(image);
    const program = repository.slice(repository.lastIndexOf("/") + 1);
    if (BY_MAJORITY.has(program)) return { program, quorum: Math.floor(members / 2) + 1 };
  }
  return undefined;
}
