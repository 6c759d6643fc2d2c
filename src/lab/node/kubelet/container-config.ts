import { getOwn } from "../../../base/get-own.ts";
import { configMaps, secrets } from "../../../kube/kinds.ts";
import type { Container, Pod } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";

interface KeyReference {
  readonly name: string;
  readonly key?: string;
  readonly optional?: boolean;
}

/** What of a container's environment cannot be worked out, as kubelet words it; nothing when all of it can. */
export function configProblem(api: Api, pod: Pod, container: Container): string | undefined {
  for (const from of container.envFrom ?? []) {
    const problem =
      findProblem(api, pod, "ConfigMap", from.configMapRef as KeyReference | undefined) ??
      findProblem(api, pod, "Secret", from.secretRef as KeyReference | undefined);
    if (problem !== undefined) return problem;
  }
  for (const { valueFrom } of container.env ?? []) {
    const problem =
      findProblem(api, pod, "ConfigMap", valueFrom?.configMapKeyRef as KeyReference | undefined) ??
      findProblem(api, pod, "Secret", valueFrom?.secretKeyRef as KeyReference | undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findProblem(
  api: Api,
  pod: Pod,
  kind: "ConfigMap" | "Secret",
  reference: KeyReference | undefined,
): string | undefined {
  if (reference === undefined || reference.optional) return undefined;
  const { namespace } = pod.metadata;
  const { name, key } = reference;
  const found =
    kind === "ConfigMap" ? api.get(configMaps, namespace, name) : api.get(secrets, namespace, name);
  if (found === undefined) return `${kind.toLowerCase()} "${name}" not found`;
  if (key === undefined || getOwn(found.data, key) !== undefined) return undefined;
  return `couldn't find key ${key} in ${kind} ${namespace}/${name}`;
}
