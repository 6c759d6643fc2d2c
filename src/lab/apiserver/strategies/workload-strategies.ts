import { deepEqual } from "../../../base/deep.ts";
import type { Kind } from "../../../kube/kind.ts";
import type { Job } from "../../../kube/types/index.ts";
import { TEMPLATE_GENERATION } from "../converted.ts";
import { type LooseObject, withMeta } from "../loose.ts";
import { type Strategy, specChanged, strategy } from "./strategy.ts";

/** Annotations of a Deployment are the rollout's business too, so they count as a new generation. */
export function deploymentStrategy(kind: Kind): Strategy {
  return strategy(kind, {
    status: {},
    newGeneration: (next, old) =>
      specChanged(next, old) || !deepEqual(next.metadata.annotations ?? {}, old.metadata.annotations ?? {}),
    keptByStatusUpdate: "labels",
  });
}

/** DaemonSets count the generations of their template as well. */
export function daemonSetStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: {}, newGeneration: specChanged });
  return {
    ...base,
    prepareForCreate: (object, occasion) =>
      withTemplateGeneration(
        base.prepareForCreate(object, occasion),
        Math.max(1, templateGeneration(object)),
      ),
    prepareForUpdate(next, old, occasion) {
      const same = deepEqual(next.spec?.template, old.spec?.template);
      const count = templateGeneration(old) + (same ? 0 : 1);
      return withTemplateGeneration(base.prepareForUpdate(next, old, occasion), count);
    },
  };
}

function templateGeneration(object: LooseObject): number {
  return Number(object.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0) || 0;
}

function withTemplateGeneration(object: LooseObject, count: number): LooseObject {
  const { annotations } = object.metadata;
  if (annotations?.[TEMPLATE_GENERATION] === String(count)) return object;
  return withMeta(object, { annotations: { ...annotations, [TEMPLATE_GENERATION]: String(count) } });
}

/** Jobs select their pods by their own uid unless told to do otherwise. */
export function jobStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: {}, newGeneration: specChanged, dependents: "orphan" });
  return {
    ...base,
    prepareForCreate(object, occasion) {
      const job = object as unknown as Job;
      const whole = job.spec.manualSelector === true ? object : withSelector(job);
      return base.prepareForCreate(whole, occasion);
    },
  };
}

function withSelector(job: Job): LooseObject {
  const { name, uid } = job.metadata;
  const { template, selector } = job.spec;
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
    ...template.metadata?.labels,
  };
  return {
    ...job,
    // A Job without labels of its own has those of its pods.
    metadata: Object.keys(job.metadata.labels ?? {}).length > 0 ? job.metadata : { ...job.metadata, labels },
    spec: {
      ...job.spec,
      selector: {
        ...selector,
        matchLabels: { "batch.kubernetes.io/controller-uid": uid, ...selector?.matchLabels },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  } as unknown as LooseObject;
}
