import { getOwn } from "../../../base/get-own.ts";
import { configMaps, secrets } from "../../../kube/kinds.ts";
import type { Container, EnvVar, Pod } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";

interface KeyReference {
  readonly name: string;
  readonly key: string;
}

/** What keeps a container's volumes from being mounted at paths with variables (`subPathExpr`), as kubelet words it. */
export function mountProblem(api: Api, pod: Pod, container: Container): string | undefined {
  for (const { subPathExpr = "" } of container.volumeMounts ?? []) {
    const missing = variablesIn(subPathExpr).filter((name) => !hasValue(api, pod, container, name));
    if (missing.length > 0) return `missing value for ${[...new Set(missing)].sort().join(", ")}`;
  }
  return undefined;
}

/** The names in "a/$(B)/c"; "$$" stands for a dollar sign. */
function variablesIn(expression: string): readonly string[] {
  const matches = expression.replaceAll("$$", "").matchAll(/\$\(([^)]*)\)/g);
  return [...matches].map(([, name = ""]) => name);
}

/** Kubelets set these of every Service that was there when the pod came. */
const OF_SERVICES = /_(SERVICE_(HOST|PORT.*)|PORT(_.*)?)$/;

/** A variable that is empty is none. */
function hasValue(api: Api, pod: Pod, container: Container, name: string): boolean {
  const variable = container.env?.findLast((each) => each.name === name);
  if (variable !== undefined) return variableValue(api, pod, variable) !== "";
  return fromSources(api, pod, container, name) || OF_SERVICES.test(name);
}

function variableValue(api: Api, pod: Pod, { value = "", valueFrom }: EnvVar): string {
  const { configMapKeyRef, secretKeyRef, fieldRef } = (valueFrom ?? {}) as {
    readonly configMapKeyRef?: KeyReference;
    readonly secretKeyRef?: KeyReference;
    readonly fieldRef?: { readonly fieldPath: string };
  };
  if (configMapKeyRef !== undefined) return keyOf(api, pod, configMaps, configMapKeyRef);
  if (secretKeyRef !== undefined) return keyOf(api, pod, secrets, secretKeyRef);
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath);
  // What is told of resources is a number.
  return valueFrom === undefined ? value : "0";
}

function keyOf(
  api: Api,
  pod: Pod,
  kind: typeof configMaps | typeof secrets,
  { name, key }: KeyReference,
): string {
  return getOwn(api.get(kind as typeof configMaps, pod.metadata.namespace, name)?.data, key) ?? "";
}

function fieldOf({ metadata, spec, status }: Pod, path: string): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (map !== undefined && key !== undefined) {
    return getOwn(map === "labels" ? metadata.labels : metadata.annotations, key) ?? "";
  }
  switch (path) {
    case "metadata.name":
      return metadata.name;
    case "metadata.namespace":
      return metadata.namespace ?? "";
    case "metadata.uid":
      return metadata.uid;
    case "spec.nodeName":
      return spec.nodeName ?? "";
    case "spec.serviceAccountName":
      return spec.serviceAccountName ?? "";
    default:
      // Addresses of the pod and of its node are there when containers start.
      return status.podIP ?? "0.0.0.0";
  }
}

function fromSources(api: Api, pod: Pod, { envFrom = [] }: Container, name: string): boolean {
  return envFrom.some((source) => {
    const {
      prefix = "",
      configMapRef,
      secretRef,
    } = source as {
      readonly prefix?: string;
      readonly configMapRef?: KeyReference;
      readonly secretRef?: KeyReference;
    };
    if (!name.startsWith(prefix)) return false;
    const key = name.slice(prefix.length);
    const [config, secret] = [configMapRef, secretRef].map(
      (each) => (each as KeyReference | undefined)?.name,
    );
    const isThere = (kind: typeof configMaps | typeof secrets, source: string | undefined) =>
      source !== undefined && keyOf(api, pod, kind, { name: source, key }) !== "";
    return isThere(configMaps, config) || isThere(secrets, secret);
  });
}
