import type { Container, Job, ObjectMeta, Pod } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { podFromTemplate } from "../shared/pod-control.ts";
import {
  FAILURES_ANNOTATION,
  failuresOf,
  hasLimitPerIndex,
  IGNORED_FAILURES_ANNOTATION,
  INDEX_ANNOTATION,
  isIndexed,
  TRACKING_FINALIZER,
} from "./job-pods.ts";
import { judgeFailure } from "./policies.ts";

const INDEX_VARIABLE = "JOB_COMPLETION_INDEX";
const GENERATED_NAME_MAX = 58;

/** The pod for an index of the Job, or for any of its work when it has no indexes. `replaced` is the failed one before it. */
export function draftPod(job: Job, index: number | undefined, replaced: Pod | undefined): Draft<Pod> {
  const draft = podFromTemplate(job, job.spec.template);
  const own = (draft.metadata.finalizers ?? []).filter((finalizer) => finalizer !== TRACKING_FINALIZER);
  const metadata: Partial<ObjectMeta> = { ...draft.metadata, finalizers: [...own, TRACKING_FINALIZER] };
  if (!isIndexed(job) || index === undefined) return { metadata, spec: job.spec.template.spec };
  const { spec } = job.spec.template;
  const suffix = `-${index}-`;
  const { name } = job.metadata;
  const tooLong = name.length + suffix.length > GENERATED_NAME_MAX;
  const indexed = { [INDEX_ANNOTATION]: String(index) };
  return {
    metadata: {
      ...metadata,
      generateName: `${tooLong ? name.slice(0, GENERATED_NAME_MAX - suffix.length) : name}${suffix}`,
      labels: { ...metadata.labels, ...indexed },
      annotations: { ...metadata.annotations, ...indexed, ...failureAnnotations(job, replaced) },
    },
    spec: {
      ...spec,
      hostname: `${name}-${index}`,
      containers: spec.containers.map(withIndex),
      ...(spec.initContainers !== undefined && { initContainers: spec.initContainers.map(withIndex) }),
    },
  };
}

/** The program learns its index from its environment, unless it says itself where from. */
function withIndex(container: Container): Container {
  if (container.env?.some(({ name }) => name === INDEX_VARIABLE)) return container;
  const fieldPath = `metadata.labels['${INDEX_ANNOTATION}']`;
  const variable = { name: INDEX_VARIABLE, valueFrom: { fieldRef: { fieldPath } } };
  return { ...container, env: [...(container.env ?? []), variable] };
}

/** With a limit per index each pod carries how often its index has failed. */
function failureAnnotations(job: Job, replaced: Pod | undefined): Readonly<Record<string, string>> {
  if (!hasLimitPerIndex(job)) return {};
  if (replaced === undefined) return { [FAILURES_ANNOTATION]: "0" };
  const { counted, ignored } = failuresOf(replaced);
  const { counts } = judgeFailure(job, replaced);
  const ignoredNow = ignored + (counts ? 0 : 1);
  return {
    [FAILURES_ANNOTATION]: String(counted + (counts ? 1 : 0)),
    ...(ignoredNow > 0 && { [IGNORED_FAILURES_ANNOTATION]: String(ignoredNow) }),
  };
}
