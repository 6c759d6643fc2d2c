/** What is known of a helm release: from the record that helm keeps of it, or else from who owns what. */
import { gunzipSync } from "node:zlib";
import type { Reader } from "../../client/client.ts";
import { secrets } from "../../kube/kinds.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { type ManifestObject, parseManifests } from "../../view/manifests.ts";
import { HELM_MANAGER } from "./helm-upgrade.ts";

export interface ReleaseName {
  readonly namespace: string;
  readonly name: string;
}

export type ApplyMethod = "client-side" | "server-side";

export interface Release extends ReleaseName {
  /** How it was written last, which helm 4 does again unless it is told otherwise. */
  readonly lastMethod: ApplyMethod;
  /** How the revision was written that is deployed; another one where the last upgrade failed. */
  readonly deployedMethod: ApplyMethod;
  /** The objects of that revision; absent where only `managedFields` could be asked. */
  readonly deployed?: readonly ManifestObject[];
}

const MANAGED_BY = "app.kubernetes.io/managed-by";
const RELEASE_NAME = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE = "meta.helm.sh/release-namespace";

/** The release that an object says it is of. */
export function releaseNameOf({ metadata }: KubeObject): ReleaseName | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const name = annotations[RELEASE_NAME];
  const namespace = annotations[RELEASE_NAMESPACE];
  if (labels[MANAGED_BY] !== "Helm" || name === undefined || namespace === undefined) return undefined;
  return { name, namespace };
}

/**
 * Reads helm's record of a release, a Secret of its namespace.
 * @returns `undefined` where there is none, or it may not be read
 * @throws {ConnectionError}
 */
export async function readRelease(reader: Reader, of: ReleaseName): Promise<Release | undefined> {
  try {
    const { namespace, name } = of;
    const { items } = await reader.list(secrets, { namespace, labelSelector: `owner=helm,name=${name}` });
    return releaseOf(items.flatMap(({ data }) => data?.release ?? []));
  } catch (error) {
    if (isStatus(error, "Forbidden") || isStatus(error, "NotFound")) return undefined;
    throw error;
  }
}

/** As much of helm's record as an upgrade goes by. */
interface ReleaseRecord {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly manifest: string;
  readonly info: { readonly status: string };
  readonly apply_method?: string;
}

/** @param texts `data.release` of each revision's Secret: JSON, zipped, in base64 twice */
function releaseOf(texts: readonly string[]): Release | undefined {
  const records = texts.flatMap(recordOf).sort((a, b) => a.version - b.version);
  const last = records.at(-1);
  if (last === undefined) return undefined;
  const deployed = records.findLast(({ info }) => info.status === "deployed") ?? last;
  return {
    name: last.name,
    namespace: last.namespace,
    lastMethod: methodOf(last),
    deployedMethod: methodOf(deployed),
    deployed: parseManifests(deployed.manifest, `the release ${last.name}`).map(({ object }) => object),
  };
}

function recordOf(text: string): ReleaseRecord[] {
  const zipped = Buffer.from(Buffer.from(text, "base64").toString(), "base64");
  try {
    return [JSON.parse(gunzipSync(zipped).toString()) as ReleaseRecord];
  } catch {
    // A Secret with these labels that helm cannot read either.
    return [];
  }
}

/** helm 3 says nothing, and writes client-side. */
function methodOf({ apply_method: method }: ReleaseRecord): ApplyMethod {
  return method === "ssa" ? "server-side" : "client-side";
}

/** What the owners of its objects' fields tell: who wrote client-side left updates. */
export function releaseByOwners(of: ReleaseName, objects: readonly KubeObject[]): Release {
  const isUpdated = objects
    .flatMap(({ metadata }) => metadata.managedFields ?? [])
    .some(
      ({ manager, operation, subresource }) =>
        manager === HELM_MANAGER && operation === "Update" && !subresource,
    );
  const method = isUpdated ? "client-side" : "server-side";
  return { ...of, lastMethod: method, deployedMethod: method };
}
