import { deepEqual } from "../../../base/deep.ts";
import { qualityOfService } from "../../quality-of-service.ts";
import type { StatusCause } from "../../status-error.ts";
import type { Pod } from "../../types/index.ts";
import { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { jsonDiff } from "../line-diff.ts";
import { POD_RULES } from "./pod.ts";

/** Why a Pod's ephemeral containers or resources may not become what they are to be. */
export function validatePodPart(
  part: "ephemeralcontainers" | "resize",
  object: object,
  old: object,
): readonly StatusCause[] {
  const errors = new FieldErrors();
  const [pod, before] = [object as Pod, old as Pod];
  const { ephemeralContainers, ...rest } = pod.spec;
  // A whole Pod is judged as a new one, which may not have ephemeral containers.
  POD_RULES.check?.(errors, (part === "resize" ? { ...pod, spec: rest } : pod) as object);
  const found = errors.list.filter(({ message }) => message !== "Forbidden: cannot be set on create");
  errors.list.splice(0, errors.list.length, ...found);
  if (part === "resize") checkResize(errors, pod, before);
  else checkEphemeral(errors, pod, before);
  return errors.list;
}

/** Ephemeral containers come, and stay as they are. */
function checkEphemeral(errors: FieldErrors, { spec }: Pod, { spec: before }: Pod): void {
  const path = "spec.ephemeralContainers";
  for (const old of before.ephemeralContainers ?? []) {
    const now = spec.ephemeralContainers?.find(({ name }) => name === old.name);
    const named = `existing ephemeral containers ${JSON.stringify(old.name)}`;
    if (now === undefined) errors.forbidden(path, `${named} may not be removed\n`);
    else if (!deepEqual(now, old)) {
      const [was, is] = [old, now].map((each) => internalForm("core.EphemeralContainer", each));
      errors.forbidden(path, `${named} may not be changed\n${jsonDiff(was, is)}`);
    }
  }
}

/** Only amounts of CPU and memory change, and not so that the Pod would be served otherwise. */
function checkResize(errors: FieldErrors, { spec }: Pod, { spec: before, status }: Pod): void {
  if (qualityOfService(spec) !== (status.qosClass ?? qualityOfService(before))) {
    const quality = status.qosClass ?? qualityOfService(before);
    errors.invalid("spec", quality, "Pod QOS Class may not change as a result of resizing");
  }
  spec.containers.forEach(({ resources }, i) => {
    for (const field of ["limits", "requests"] as const) {
      for (const name of Object.keys(before.containers[i]?.resources?.[field] ?? {})) {
        if (resources?.[field]?.[name] !== undefined) continue;
        errors.forbidden(`spec.containers[${i}].resources.${field}`, `resource ${field} cannot be removed`);
      }
    }
  });
}
