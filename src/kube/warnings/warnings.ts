/**
 * What a real API server warns of: objects that it stores and that will hardly do what their author meant. Data in, texts out.
 */
import type { Kind } from "../kind.ts";
import type { KubeObject } from "../types/index.ts";
import { type LoosePodTemplate, podWarnings } from "./pods.ts";
import { type LooseSecret, secretWarnings } from "./secrets.ts";

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
  // People hardly ever change a Pod by hand.
  if (name === "/Pod") return old === undefined ? podWarnings(object as unknown as LoosePodTemplate, "") : [];
  if (name === "/Secret") return secretWarnings(object as unknown as LooseSecret);
  const path = TEMPLATES[name];
  if (path === undefined || (old !== undefined && at(object, path) === at(old, path))) return [];
  return podWarnings((at(object, path) ?? {}) as LoosePodTemplate, `${path.join(".")}.`);
}

function at(object: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, field) => (value as Readonly<Record<string, unknown>> | undefined)?.[field],
    object,
  );
}
