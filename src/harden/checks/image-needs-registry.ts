import type { Container } from "../../kube/types/index.ts";
import { parseImage } from "../../lab/node/host/image-names.ts";
import { withContainers } from "../rules/rule.ts";
import type { Hardenable } from "../traits.ts";
import { type Check, nameOf } from "./check.ts";
import type { PodSource } from "./checked-cluster.ts";
import { patchFix } from "./fixes.ts";

/** A restart elsewhere that has to ask a registry first waits for the registry, which may be what is lost. */
export const imageNeedsRegistry: Check = {
  id: "image-needs-registry",
  severity: "warning",
  title: "A pod can start elsewhere from what its node has",
  *find({ podSources }) {
    for (const source of podSources) {
      for (const [at, container] of source.spec.containers.entries()) {
        const trouble = troubleOf(container);
        if (trouble === undefined) continue;
        const patch = trouble.field === "imagePullPolicy" ? ifNotPresent(source, container) : undefined;
        yield {
          object: nameOf(source.object),
          field: `${source.path}.containers[${at}].${trouble.field}`,
          ...(trouble.isLocal && { severity: "critical" as const }),
          message: `container ${container.name}: ${trouble.message}`,
          consequence: trouble.consequence,
          ...(patch && { patch }),
        };
      }
    }
  },
};

interface Trouble {
  readonly field: "image" | "imagePullPolicy";
  readonly message: string;
  readonly consequence: string;
  readonly isLocal?: boolean;
}

function troubleOf({ image, imagePullPolicy }: Container): Trouble | undefined {
  const { registry = "", tag, digest } = parseImage(image);
  if (/^(localhost|127\.\d+\.\d+\.\d+)(:|$)/.test(registry)) {
    return {
      field: "image",
      message: `the registry of ${image} is each node's own`,
      consequence:
        "only the node that runs the registry can pull it: on any other the pod stays in ErrImagePull",
      isLocal: true,
    };
  }
  const isMoving = digest === undefined && (tag === undefined || tag === "latest");
  if (imagePullPolicy === "Always") {
    return {
      field: "imagePullPolicy",
      message: `every start asks the registry for ${image}`,
      consequence: `while the registry cannot be reached nothing restarts, not even where the image is${isMoving ? "; and a moving tag may start another version than the one that was lost" : ""}`,
    };
  }
  if (!isMoving) return undefined;
  return {
    field: "image",
    message: `${image} has a tag that moves`,
    consequence:
      "a replacement may run another version than the pod that was lost, depending on what its node pulled last",
  };
}

function ifNotPresent({ object }: PodSource, { name }: Container) {
  if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return undefined;
  const workload = object as Hardenable;
  const after = withContainers(workload, (one) =>
    one.name === name ? { ...one, imagePullPolicy: "IfNotPresent" } : one,
  );
  return patchFix(workload, after);
}
