/** What a coming `helm upgrade` would do to the fields that Holdfast owns, or will own once the plan is applied. Pure. */
import { deepEqual } from "../../base/deep.ts";
import { completeObject } from "../../kube/defaults/complete.ts";
import type { Kind } from "../../kube/kind.ts";
import { appliedSet } from "../../kube/managed-fields/applied-set.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import type { ManifestObject } from "../../view/manifests.ts";
import { leavesOf, ourFields } from "../fields/field-owners.ts";
import { type FieldPath, fieldText, placeOfKind, valueAt } from "../fields/field-path.ts";
import { type Step, type StepTarget, targetText } from "../step.ts";
import { afterPlan } from "./after-plan.ts";
import { type Upgraded, type UpgradeWay, upgraded } from "./helm-upgrade.ts";
import { chartObjects, type InCluster } from "./in-cluster.ts";
import { type Release, releaseNameOf } from "./release.ts";
import type { Rendered } from "./rendered.ts";

/**
 * - "kept": the value stays; where chart and plan say the same, both own it from then on.
 * - "conflict": helm is refused, changes nothing of the object, and ends with code 1.
 * - "overwritten": the value goes, without a word.
 * - "refused": the API server takes no such object, so nothing of it is changed, and helm ends with code 1.
 */
export type FieldOutcome = "kept" | "conflict" | "overwritten" | "refused";

export interface FieldForecast {
  readonly target: StepTarget;
  readonly path: FieldPath;
  /** `undefined` where the field is not there, in the plan or in the chart. */
  readonly planned: unknown;
  readonly chart: unknown;
  readonly outcomes: Readonly<Record<UpgradeWay, FieldOutcome>>;
  /** What stands there after an overwriting upgrade. */
  readonly overwrittenWith: unknown;
}

/** What happens to an object as a whole. */
export interface ObjectForecast {
  readonly target: StepTarget;
  /**
   * - "not-imported": helm refuses the whole upgrade, as the object is there and of no release.
   * - "deleted": it was in the release and no longer is.
   * - "invalid": the API server refuses what these ways would make of it.
   */
  readonly what: "not-imported" | "deleted" | "invalid";
  /** All of them, but for what is invalid. */
  readonly ways: readonly UpgradeWay[];
  readonly why: string;
}

/** A field of an object of ours that neither we nor helm own, for which a server-side upgrade is refused as well. */
export interface OtherConflict {
  readonly target: StepTarget;
  /** ".spec.replicas" */
  readonly field: string;
  readonly manager: string;
}

export interface UpgradeForecast {
  /** Absent for a chart that is not installed. */
  readonly release?: Release;
  readonly fields: readonly FieldForecast[];
  readonly objects: readonly ObjectForecast[];
  readonly otherConflicts: readonly OtherConflict[];
}

export interface UpgradeInput {
  readonly rendered: readonly Rendered[];
  readonly steps: readonly Step[];
  readonly view: ClusterView;
  readonly release: Release | undefined;
  /** Of the chart's objects that name no namespace. */
  readonly namespace: string | undefined;
}

export const WAYS: readonly UpgradeWay[] = ["client-side", "server-side", "forced"];

export function predictUpgrade(input: UpgradeInput): UpgradeForecast {
  const { release, steps } = input;
  const fields: FieldForecast[] = [];
  const objects: ObjectForecast[] = [];
  const otherConflicts: OtherConflict[] = [];
  const found = chartObjects(input);
  for (const each of found) {
    const { target, live, rendered } = each;
    const own = steps.filter((step) => targetText(step.target) === targetText(target));
    const planned = afterPlan(target.kind, live, own);
    // What the policy has nothing to do with is between helm and the cluster.
    if (planned === undefined || (own.length === 0 && ourFields(planned).length === 0)) continue;
    const deployed = deployedObject(release, rendered, target);
    const refused = notImported(planned, each, deployed !== undefined, release);
    if (refused !== undefined) {
      objects.push(refused);
      continue;
    }
    const upgrade = { kind: target.kind, live: planned, chart: rendered.object, deployed };
    const wasClientSide = release?.deployedMethod === "client-side";
    const results = Object.fromEntries(
      WAYS.map((way) => [way, upgraded(way, { ...upgrade, wasClientSide })]),
    ) as Record<UpgradeWay, Upgraded>;
    const paths = distinct([
      ...ourFields(planned),
      ...removedBy(own),
      ...takenAway(target.kind, planned, rendered.object, deployed),
    ]);
    fields.push(...forecasts(each, planned, paths, results));
    const strict = results["server-side"];
    objects.push(...invalidObjects(target, results));
    if (strict.kind === "conflict")
      otherConflicts.push(
        ...strict.conflicts
          .filter(({ path }) => !paths.some((own) => isWithin(path, own)))
          .map(({ path, owner }) => ({ target, field: path, manager: owner.manager })),
      );
  }
  return {
    ...(release !== undefined && { release }),
    fields,
    objects: [...objects, ...deletedObjects(input, found)],
    otherConflicts,
  };
}

/** One for each reason. */
function invalidObjects(
  target: StepTarget,
  results: Readonly<Record<UpgradeWay, Upgraded>>,
): ObjectForecast[] {
  const reasons = new Map<string, UpgradeWay[]>();
  for (const way of WAYS) {
    const result = results[way];
    if (result.kind === "invalid") reasons.set(result.why, [...(reasons.get(result.why) ?? []), way]);
  }
  return [...reasons].map(([why, ways]) => ({ target, what: "invalid", ways, why }));
}

/** What a plan takes away is nobody's then. */
function removedBy(steps: readonly Step[]): FieldPath[] {
  return steps.flatMap((step) =>
    step.action === "create"
      ? []
      : step.fields.filter(({ after }) => after === undefined).map(({ path }) => path),
  );
}

/** What an earlier plan has taken away: the deployed release said it, the chart says it again, and it is not there. */
function takenAway(
  kind: Kind,
  planned: KubeObject,
  chart: ManifestObject,
  deployed: ManifestObject | undefined,
): FieldPath[] {
  if (deployed === undefined) return [];
  const place = placeOfKind(kind);
  const whole = completeObject(kind, chart);
  return leavesOf(appliedSet(chart, place)).filter(
    (path) =>
      valueAt(planned, path, place) === undefined &&
      valueAt(deployed, path, place) !== undefined &&
      valueAt(whole, path, place) !== undefined,
  );
}

function distinct(paths: readonly FieldPath[]): FieldPath[] {
  return [...new Map(paths.map((path) => [fieldText(path), path])).values()];
}

function forecasts(
  { target, rendered }: InCluster,
  planned: KubeObject,
  paths: readonly FieldPath[],
  results: Readonly<Record<UpgradeWay, Upgraded>>,
): FieldForecast[] {
  const place = placeOfKind(target.kind);
  return paths.flatMap((path): FieldForecast[] => {
    const ours = valueAt(planned, path, place);
    const chart = valueAt(rendered.object, path, place);
    let overwrittenWith: unknown;
    const outcome = (way: UpgradeWay): FieldOutcome => {
      const result = results[way];
      if (result.kind === "conflict")
        return result.conflicts.some((conflict) => isWithin(conflict.path, path)) ? "conflict" : "kept";
      if (result.kind === "invalid") return chart === undefined ? "kept" : "refused";
      const value = valueAt(result.object, path, place);
      if (deepEqual(value, ours)) return "kept";
      overwrittenWith = value;
      return "overwritten";
    };
    const outcomes = {
      "client-side": outcome("client-side"),
      "server-side": outcome("server-side"),
      forced: outcome("forced"),
    };
    const isTouched = Object.values(outcomes).some((each) => each !== "kept");
    if (chart === undefined && !isTouched) return [];
    return [{ target, path, planned: ours, chart, outcomes, overwrittenWith }];
  });
}

/** @param conflict as messages show it: ".spec.strategy.type" */
function isWithin(conflict: string, path: FieldPath): boolean {
  const field = `.${fieldText(path)}`;
  const isBelow = (a: string, b: string) => a === b || a.startsWith(`${b}.`) || a.startsWith(`${b}[`);
  return isBelow(conflict, field) || isBelow(field, conflict);
}

function deployedObject(
  release: Release | undefined,
  { object: { apiVersion, kind, metadata } }: Rendered,
  { namespace }: StepTarget,
): ManifestObject | undefined {
  return release?.deployed?.find(
    (other) =>
      other.apiVersion === apiVersion &&
      other.kind === kind &&
      other.metadata.name === metadata.name &&
      (other.metadata.namespace ?? namespace) === namespace,
  );
}

/** helm takes nothing into a release that is there already and does not say that it is of this release. */
function notImported(
  planned: KubeObject,
  { target }: InCluster,
  isDeployed: boolean,
  release: Release | undefined,
): ObjectForecast | undefined {
  if (isDeployed || release === undefined) return undefined;
  const of = releaseNameOf(planned);
  if (of?.name === release.name && of.namespace === release.namespace) return undefined;
  const whose = of === undefined ? "is of no release" : `is of the release ${of.namespace}/${of.name}`;
  return {
    target,
    what: "not-imported",
    ways: WAYS,
    why: `it ${whose}, so helm refuses the whole upgrade: "exists and cannot be imported into the current release"`,
  };
}

/** What of the release the chart no longer has, of objects with fields of ours. */
function deletedObjects(
  { view, release, steps }: UpgradeInput,
  found: readonly InCluster[],
): ObjectForecast[] {
  if (release === undefined) return [];
  const targets = new Map(steps.map(({ target }) => [targetText(target), target]));
  return [...targets.values()].flatMap((target): ObjectForecast[] => {
    if (found.some((each) => targetText(each.target) === targetText(target))) return [];
    const live = view.get(target.kind, target.namespace === "" ? undefined : target.namespace, target.name);
    const of = live === undefined ? undefined : releaseNameOf(live);
    if (of?.name !== release.name || of.namespace !== release.namespace) return [];
    if (live?.metadata.annotations?.["helm.sh/resource-policy"] === "keep") return [];
    const why = "it is of this release, and the chart does not have it";
    return [{ target, what: "deleted", ways: WAYS, why }];
  });
}
