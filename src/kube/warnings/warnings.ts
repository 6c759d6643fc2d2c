/**
 * What a real API server warns of: objects that it stores and that will hardly do what their author meant. Data in, texts out.
 */
import type { Kind } from "../kind.ts";
import type { KubeObject, PersistentVolume, PersistentVolumeClaim, Service } from "../types/index.ts";
import { type LoosePodTemplate, podWarnings } from "./pods.ts";
import { type LooseSecret, secretWarnings } from "./secrets.ts";
import { serviceWarnings } from "./services.ts";
import { claimWarnings, volumeWarnings } from "./volumes.ts";

type Path = readonly string[];

/** Where a kind keeps the template of its Pods. */
const TEMPLATES: Readonly<Record<string, Path>> = {
  "/PodTemplate": ["template"],
  "/ReplicationController": ["spec", "template"],
  "apps/DaemonSet": ["spec", "template"],
  "apps/Deployment": ["spec", "template"],
  "apps/ReplicaSet": ["spec", "template"],
  "apps/StatefulSet": ["spec", "template"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template"],
  "batch/Job": ["spec", "template"],
};

/** The warnings about a complete object; `old` is what it takes the place of. */
export function warningsOf(
  { group, kind }: Pick<Kind, "group" | "kind">,
  object: KubeObject,
  old: KubeObject | undefined,
): readonly string[] {
  const name = `${group}/${kind}`;
  const { annotations = {} } = object.metadata;
  switch (name) {
    case "/Pod":
      // People hardly ever change a Pod by hand.
      return old === undefined ? podWarnings(object as unknown as LoosePodTemplate, "") : [];
    case "/Secret":
      return secretWarnings(object as unknown as LooseSecret);
    case "/Service":
      return serviceWarnings(object as unknown as Service);
    case "/PersistentVolume":
      return volumeWarnings(object as unknown as PersistentVolume);
    case "/PersistentVolumeClaim":
      return claimWarnings(object as unknown as PersistentVolumeClaim);
    case "/ServiceAccount":
      return old?.metadata.annotations?.[MOUNTABLE_SECRETS] === undefined && MOUNTABLE_SECRETS in annotations
        ? [`metadata.annotations[${MOUNTABLE_SECRETS}]: ${MOUNTABLE_SECRETS_WHY}`]
        : [];
    case "networking.k8s.io/Ingress":
      return old === undefined && INGRESS_CLASS in annotations && !at(object, ["spec", "ingressClassName"])
        ? [`annotation "${INGRESS_CLASS}" is deprecated, please use 'spec.ingressClassName' instead`]
        : [];
    default:
      return [...templateWarnings(name, object, old), ...revisionWarnings(name, object)];
  }
}

const INGRESS_CLASS = "kubernetes.io/ingress.class";
const MOUNTABLE_SECRETS = "kubernetes.io/enforce-mountable-secrets";
const MOUNTABLE_SECRETS_WHY =
  "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets";

/** The template of a workload is looked at whenever it is a new generation, whatever the change was. */
function templateWarnings(name: string, object: KubeObject, old: KubeObject | undefined): readonly string[] {
  const path = TEMPLATES[name];
  if (path === undefined || (old !== undefined && generationOf(name, object) === generationOf(name, old)))
    return [];
  // Real servers take the old one for the new one here.
  const judged = name === "/ReplicationController" && old !== undefined ? old : object;
  return podWarnings((at(judged, path) ?? {}) as LoosePodTemplate, `${path.join(".")}.`);
}

const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

function generationOf(name: string, { metadata }: KubeObject): unknown {
  return name === "apps/DaemonSet" ? metadata.annotations?.[TEMPLATE_GENERATION] : metadata.generation;
}

function revisionWarnings(name: string, object: KubeObject): readonly string[] {
  const limit = at(object, ["spec", "revisionHistoryLimit"]);
  if (name !== "apps/StatefulSet" || typeof limit !== "number" || limit >= 0) return [];
  const why = "a negative value retains all historical revisions; a value >= 0 is recommended";
  return [`spec.revisionHistoryLimit: ${why}`];
}

function at(object: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, field) => (value as Readonly<Record<string, unknown>> | undefined)?.[field],
    object,
  );
}
