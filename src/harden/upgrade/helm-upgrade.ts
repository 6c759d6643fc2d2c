/** What `helm upgrade` makes of one object, by the way in which it writes. Found out from helm 3.22 and 4.3, which the tests run. */
import { completeObject } from "../../kube/defaults/complete.ts";
import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { applyServerSide } from "../../kube/managed-fields/apply.ts";
import type { ApplyConflict } from "../../kube/managed-fields/conflicts.ts";
import { makeEntry, setOf, sortEntries } from "../../kube/managed-fields/entries.ts";
import { union } from "../../kube/managed-fields/field-set.ts";
import { withEntries } from "../../kube/managed-fields/track-update.ts";
import type { Fields } from "../../kube/patch/fields.ts";
import { strategicMergePatch } from "../../kube/patch/strategic-merge-patch.ts";
import { schemaOf } from "../../kube/schema/schema.ts";
import { StatusError } from "../../kube/status-error.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { invalidError, validateUpdate } from "../../kube/validation/validate.ts";
import type { ManifestObject } from "../../view/manifests.ts";
import { NO_TIME } from "./after-plan.ts";
import { threeWayPatch } from "./three-way.ts";

/** The name under which helm 3 and 4 write. */
export const HELM_MANAGER = "helm";

/**
 * - "client-side": helm 3; helm 4 with --server-side=false.
 * - "server-side": helm 4 with --server-side=true. "forced": with --force-conflicts too.
 */
export type UpgradeWay = "client-side" | "server-side" | "forced";

export interface Upgrade {
  readonly kind: Kind;
  readonly live: KubeObject;
  readonly chart: ManifestObject;
  /** The object in the release that is deployed, where that is known. */
  readonly deployed: ManifestObject | undefined;
  /** Whether that release was written client-side: helm 4 then makes its fields applied ones first. */
  readonly wasClientSide: boolean;
}

export type Upgraded =
  | { readonly kind: "changed"; readonly object: KubeObject }
  /** Fields that others own with another value: nothing of the object is changed, and helm ends with code 1. */
  | { readonly kind: "conflict"; readonly conflicts: readonly ApplyConflict[] }
  /** The API server takes no such object. */
  | { readonly kind: "invalid"; readonly why: string };

export function upgraded(way: UpgradeWay, upgrade: Upgrade): Upgraded {
  try {
    return way === "client-side" ? merged(upgrade) : applied(upgrade, way === "forced");
  } catch (error) {
    if (error instanceof StatusError) return { kind: "invalid", why: error.message };
    throw error;
  }
}

function merged({ kind, live, chart, deployed }: Upgrade): Upgraded {
  const schema = schemaOf(kind);
  if (schema === undefined) return { kind: "changed", object: live };
  const patch = threeWayPatch(deployed as Fields | undefined, chart as Fields, schema);
  return judged(kind, live, strategicMergePatch(live, patch, schema));
}

function applied({ kind, live, chart, wasClientSide }: Upgrade, force: boolean): Upgraded {
  const { namespace } = live.metadata;
  const outcome = applyServerSide<KubeObject>({
    live: wasClientSide ? withUpdatesApplied(kind, live) : live,
    applied: { ...chart, metadata: { ...chart.metadata, ...(namespace !== undefined && { namespace }) } },
    manager: HELM_MANAGER,
    force,
    time: NO_TIME,
    kind,
  });
  return outcome.kind === "conflict" ? outcome : judged(kind, live, outcome.object);
}

/** The object as the API server completes it, if it takes it. */
function judged(kind: Kind, live: KubeObject, written: KubeObject): Upgraded {
  const object = completeObject(kind, written);
  const causes = validateUpdate(kind, object, live);
  if (causes.length === 0) return { kind: "changed", object };
  return { kind: "invalid", why: invalidError(kind, live.metadata.name, causes).message };
}

/** What helm owned by updates it owns by apply from now on (client-go's csaupgrade). */
function withUpdatesApplied(kind: Kind, live: KubeObject): KubeObject {
  const entries = live.metadata.managedFields ?? [];
  const own = entries.filter(({ manager, subresource }) => manager === HELM_MANAGER && !subresource);
  if (!own.some(({ operation }) => operation === "Update")) return live;
  const apiVersion = apiVersionOf(kind);
  const identity = { manager: HELM_MANAGER, operation: "Apply", apiVersion } as const;
  const set = own.map(setOf).reduce(union);
  const others = entries.filter((entry) => !own.includes(entry));
  return withEntries(live, sortEntries([...others, makeEntry(identity, set, NO_TIME)]));
}
