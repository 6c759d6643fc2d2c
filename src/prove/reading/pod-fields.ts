/** Which fields of a pod's spec are read: those that `shapeOf` keeps. */
import { KEPT_SPEC_FIELDS, KEPT_VOLUME_SOURCES } from "../model/pod-shape.ts";
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

/**
 * The spec of a pod or of a template.
 * @param own fields that are read in another way
 * @param ephemeral what is done with the source of an ephemeral volume
 */
export function specTree(
  own: Readonly<Record<string, FieldAction>> = {},
  ephemeral: FieldAction = "keep",
): FieldTree {
  const keep = (names: readonly string[]) =>
    Object.fromEntries(names.map((name): [string, FieldAction] => [name, "keep"]));
  return new FieldTree({
    ...keep(KEPT_SPEC_FIELDS),
    containers: CONTAINERS,
    initContainers: CONTAINERS,
    volumes: new FieldTree(
      { ...keep(["name", ...KEPT_VOLUME_SOURCES]), ephemeral },
      { wanted: KEPT_VOLUME_SOURCES },
    ),
    // A DaemonSet's pod is recognised by its bytes.
    affinity: "pack",
    overhead: "keep",
    resources: new FieldTree({ requests: "keep" }),
    ...own,
  });
}
