/** Which fields of a pod's spec are read: those that a `PodPart` is made of. */
import { KEPT_SPEC_FIELDS, KEPT_VOLUME_SOURCES, type SpecPart } from "../model/pod-parts.ts";
import { type FieldAction, FieldTree } from "./field-tree.ts";

const PACING = new FieldTree({
  initialDelaySeconds: "keep",
  periodSeconds: "keep",
  timeoutSeconds: "keep",
  successThreshold: "keep",
  failureThreshold: "keep",
});

const CONTAINERS = new FieldTree({
  name: "keep",
  image: "keep",
  imagePullPolicy: "keep",
  resources: new FieldTree({ requests: "keep" }),
  ports: new FieldTree(
    { containerPort: "keep", hostPort: "keep", hostIP: "keep", protocol: "keep" },
    { wanted: ["hostPort"] },
  ),
  restartPolicy: "keep",
  readinessProbe: PACING,
  startupProbe: PACING,
});

/** What is done with each field of a spec that is kept in some form. */
export const SPEC_ACTIONS: Readonly<Record<SpecPart, FieldAction>> = {
  ...(Object.fromEntries(KEPT_SPEC_FIELDS.map((name) => [name, "keep"])) as Record<SpecPart, FieldAction>),
  containers: CONTAINERS,
  initContainers: CONTAINERS,
  volumes: volumesTree("keep"),
  affinity: "keep",
  overhead: "keep",
  resources: new FieldTree({ requests: "keep" }),
};

/** @param ephemeral what is done with the source of an ephemeral volume */
export function volumesTree(ephemeral: FieldAction): FieldTree {
  const keep = Object.fromEntries(["name", ...KEPT_VOLUME_SOURCES].map((name) => [name, "keep"]));
  return new FieldTree({ ...keep, ephemeral }, { wanted: KEPT_VOLUME_SOURCES });
}
