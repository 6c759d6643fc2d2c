/**
 * What a client-side upgrade sends: helm 3, and helm 4 with --server-side=false. The chart is compared with the release that is
 * deployed and with what is live; whatever the chart says wins, whatever it said and no longer says goes.
 */
import { type Fields, hasField, isFields } from "../../kube/patch/fields.ts";
import { mergeKeyOf, strategyOf } from "../../kube/patch/merge-strategy.ts";
import type { Schema } from "../../kube/schema/schema.ts";

/**
 * The strategic merge patch of a three-way merge, without what only keeps it small: where live and chart agree it sets what is
 * there already.
 * @param deployed the object in the release that is deployed; what is not known to have been there is not taken away
 */
export function threeWayPatch(
  deployed: Fields | undefined,
  chart: Fields,
  schema: Schema | undefined,
): Fields {
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(chart)) {
    const old = deployed !== undefined && hasField(deployed, name) ? deployed[name] : undefined;
    patch[name] = patchedValue(old, value, schema?.fields.get(name) ?? schema?.element);
  }
  for (const name of Object.keys(deployed ?? {})) if (!hasField(chart, name)) patch[name] = null;
  return patch;
}

function patchedValue(old: unknown, value: unknown, place: Schema | undefined): unknown {
  if (isFields(value)) {
    if (strategyOf(place) === "replace") return value;
    return retaining(threeWayPatch(isFields(old) ? old : undefined, value, place), value, place);
  }
  const key = mergeKeyOf(place);
  if (!Array.isArray(value) || strategyOf(place) !== "merge" || key === "") return value;
  const before = (Array.isArray(old) ? old : []).filter(isFields);
  const items = value.map((item) => {
    if (!isFields(item)) return item;
    const same = before.find((other) => other[key] === item[key]);
    return retaining(threeWayPatch(same, item, place?.element), item, place);
  });
  const gone = before.filter((other) => !value.some((item) => isFields(item) && item[key] === other[key]));
  return [...items, ...gone.map((item) => ({ $patch: "delete", [key]: item[key] }))];
}

/** Of a place such as a strategy, of which only one form may be there, nothing stays but what the chart says. */
function retaining(patch: Fields, value: Fields, place: Schema | undefined): Fields {
  const isRetaining = (place?.patchStrategy ?? "").split(",").includes("retainKeys");
  const keys = Object.keys(value).filter((name) => value[name] !== null);
  return isRetaining && keys.length > 0 ? { ...patch, $retainKeys: keys } : patch;
}
