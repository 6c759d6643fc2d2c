/** What `helm template` prints, as the objects that an upgrade would send. */
import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { findKind, KINDS } from "../../kube/kinds.ts";
import { describePlace, InputError } from "../../view/input-error.ts";
import type { Manifest, ManifestObject } from "../../view/manifests.ts";
import { nearestName } from "../nearest.ts";

/** An object of a chart, and where it stands. */
export interface Rendered {
  readonly kind: Kind;
  /** "" for one of the whole cluster, and for one that helm puts into the release's namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly object: ManifestObject;
}

/**
 * The objects of a rendered chart that are of built-in kinds. Hooks are no part of a release, and custom kinds are nobody's but
 * the chart's: both are passed over.
 * @throws {InputError} for a kind that is nearly one that is known, for none that is known, and for an object that comes twice
 */
export function readRendered(manifests: readonly Manifest[], file: string): Rendered[] {
  const seen = new Map<string, Manifest>();
  const found = manifests.flatMap((manifest): Rendered[] => {
    const { object, place } = manifest;
    if (object.metadata.annotations?.["helm.sh/hook"] !== undefined) return [];
    const kind = kindOf(manifest);
    const { name, namespace = "" } = object.metadata;
    if (name === undefined) return [];
    const key = `${object.apiVersion} ${object.kind} ${namespace}/${name}`;
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      throw new InputError(
        place,
        `${object.kind} ${namespace === "" ? "" : `${namespace}/`}${name} stands here for the second time, first at ${describePlace(earlier.place)}; a release has each object once: render one chart, once`,
      );
    }
    seen.set(key, manifest);
    return kind === undefined ? [] : [{ kind, namespace: kind.namespaced ? namespace : "", name, object }];
  });
  if (found.length === 0) {
    throw new InputError(
      { file },
      "holds no object of a kind that is built into Kubernetes; expected what `helm template RELEASE CHART` prints",
    );
  }
  return found;
}

/** `undefined` for a custom kind. @throws {InputError} for one that can only be a slip, or is served no more */
function kindOf({ object: { apiVersion, kind: name }, place, lineOf }: Manifest): Kind | undefined {
  const kind = findKind(apiVersion, name);
  if (kind !== undefined) return kind;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const ofGroup = KINDS.filter((each) => each.group === group);
  if (ofGroup.length === 0) return undefined;
  const same = ofGroup.find((each) => each.kind === name);
  const nearest = nearestName(
    name,
    ofGroup.map((each) => each.kind),
  );
  const likely = same ?? ofGroup.find((each) => each.kind === nearest);
  const help =
    likely === undefined ? "look for a slip" : `the nearest is ${apiVersionOf(likely)} ${likely.kind}`;
  const line = lineOf("kind");
  throw new InputError(
    { ...place, ...(line !== undefined && { line }) },
    `${apiVersion} ${name} is no kind that Kubernetes serves; ${help}`,
  );
}
