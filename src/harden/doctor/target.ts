/** Whom the doctor is asked about: "pod/web-1", "deploy/web", "node/node-1", with the short names that kubectl has. */

import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import * as kinds from "../../kube/kinds.ts";
import { KINDS } from "../../kube/kinds.ts";
import { selectorMatches } from "../../kube/selectors.ts";
import type { KubeObject, Pod } from "../../kube/types/index.ts";
import { InputError } from "../../view/input-error.ts";
import { nameOf, nameText, type ObjectName } from "../checks/check.ts";
import { nearestName } from "../nearest.ts";
import { sendsTo } from "../sends-to.ts";
import type { Examined } from "./examined.ts";

export interface Target {
  readonly kind: Kind;
  readonly name: string;
}

const FORM = "expected KIND/NAME, such as pod/web-1, deploy/web, sts/db, pvc/data, svc/web or node/node-1";

/** @throws {InputError} for what names no kind that is looked at */
export function parseTarget(text: string): Target {
  const [word = "", name = "", ...more] = text.split("/");
  if (word === "" || name === "" || more.length > 0) throw new InputError({ file: text }, FORM);
  const wanted = word.toLowerCase().split(".")[0] ?? "";
  const kind = LOOKED_AT.find(({ plural, singular, shortNames }) =>
    [plural, singular, ...shortNames].includes(wanted),
  );
  if (kind !== undefined) return { kind, name };
  const known = KINDS.some(({ plural, singular, shortNames }) =>
    [plural, singular, ...shortNames].includes(wanted),
  );
  throw new InputError(
    { file: text },
    `${known ? `nothing is known of ${wanted}` : `there is no kind ${wanted}`}; ${FORM}`,
  );
}

const LOOKED_AT: readonly Kind[] = [
  kinds.pods,
  kinds.deployments,
  kinds.statefulSets,
  kinds.daemonSets,
  kinds.replicaSets,
  kinds.jobs,
  kinds.services,
  kinds.persistentVolumeClaims,
  kinds.nodes,
  kinds.podDisruptionBudgets,
  kinds.horizontalPodAutoscalers,
];

/** Everything whose troubles are the target's too. @throws {InputError} when there is no such object */
export function relatedTo(target: Target, namespace: string, examined: Examined): ReadonlySet<string> {
  const { kind, name } = target;
  const all = examined.view.list(kind, kind.namespaced ? namespace : undefined);
  const object = all.find(({ metadata }) => metadata.name === name);
  if (object === undefined) {
    const near = nearestName(
      name,
      all.map(({ metadata }) => metadata.name),
    );
    const where = kind.namespaced ? ` in namespace ${namespace}` : "";
    const elsewhere = examined.view.list(kind).find(({ metadata }) => metadata.name === name);
    const hint =
      elsewhere !== undefined
        ? `; namespace ${elsewhere.metadata.namespace} has one: -n ${elsewhere.metadata.namespace}`
        : near === undefined
          ? ""
          : `; is it ${near}?`;
    throw new InputError(
      { file: `${kind.singular}/${name}` },
      `there is no such ${kind.kind}${where}${hint}`,
    );
  }
  return new Set(related(object, kind, examined).map(nameText));
}

function related(object: KubeObject, kind: Kind, examined: Examined): ObjectName[] {
  const own = [nameOf({ ...object, kind: kind.kind })];
  const { view } = examined;
  const { namespace, name } = object.metadata;
  switch (`${apiVersionOf(kind)} ${kind.kind}`) {
    case "v1 Pod":
      return [...own, ...aroundPod(object as Pod, examined)];
    case "v1 Node":
      return [...own, ...examined.podsOn(name).map(nameOf)];
    case "v1 PersistentVolumeClaim":
      return [
        ...own,
        ...view
          .list(kinds.pods, namespace)
          .filter((pod) => mounts(pod, name))
          .map(nameOf),
      ];
    case "v1 Service": {
      const theirs = view
        .list(kinds.pods, namespace)
        .filter(({ metadata }) => sendsTo(object as Parameters<typeof sendsTo>[0], metadata.labels));
      return [...own, ...theirs.flatMap((pod) => [nameOf(pod), nameOf(examined.ownerOf(pod))])];
    }
    case "policy/v1 PodDisruptionBudget":
      return own;
    case "autoscaling/v2 HorizontalPodAutoscaler":
      return own;
    default: {
      const theirs = view
        .list(kinds.pods, namespace)
        .filter((pod) =>
          examined.ancestorsOf(pod).some(({ metadata }) => metadata.uid === object.metadata.uid),
        );
      const subject = examined.subjects.find(({ workload }) => workload === object);
      const { budgets = [], autoscaler, claims = [] } = subject ?? {};
      return [
        ...own,
        ...theirs.flatMap((pod) => [nameOf(pod), ...aroundPod(pod, examined)]),
        ...[
          ...budgets,
          ...(autoscaler ? [autoscaler] : []),
          ...claims.filter(({ perPod }) => !perPod).map(({ claim }) => claim),
        ].map(nameOf),
        ...(subject?.services ?? []).map(nameOf),
      ];
    }
  }
}

/** What a pod stands on and belongs to. */
function aroundPod(pod: Pod, examined: Examined): ObjectName[] {
  const { namespace } = pod.metadata;
  const claims = examined.view
    .list(kinds.persistentVolumeClaims, namespace)
    .filter(({ metadata }) => mounts(pod, metadata.name));
  const services = examined.view
    .list(kinds.services, namespace)
    .filter((service) => sendsTo(service, pod.metadata.labels));
  const budgets = examined.view
    .list(kinds.podDisruptionBudgets, namespace)
    .filter(({ spec }) => spec.selector !== undefined && selectorMatches(spec.selector, pod.metadata.labels));
  const node = examined.node(pod.spec.nodeName);
  return [
    ...examined.ancestorsOf(pod),
    ...claims,
    ...services,
    ...budgets,
    ...(node === undefined ? [] : [node]),
  ].map(nameOf);
}

function mounts(pod: Pod, claim: string): boolean {
  return (pod.spec.volumes ?? []).some(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim,
  );
}
