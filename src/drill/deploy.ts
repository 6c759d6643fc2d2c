import type { Client, ListQuery } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import { namespaces, services, storageClasses } from "../kube/kinds.ts";
import { StatusError } from "../kube/status-error.ts";
import type { ListMeta } from "../kube/types/index.ts";
import { InputError } from "../view/input-error.ts";
import { inApplyOrder, type Manifest } from "../view/manifests.ts";
import {
  DEFAULT_CLASS,
  guessedClass,
  missingClasses,
  missingNamespaces,
  wantsDefaultClass,
} from "../view/presupposed.ts";

/** Something that a user should know about what they gave; not a reason to stop. */
export interface Finding {
  /** "web.yaml, line 12" or "Pod tak/web-0". */
  readonly where: string;
  readonly what: string;
}

export interface Deployed {
  /** What the manifests presuppose and was supplied. */
  readonly assumed: readonly string[];
  readonly findings: readonly Finding[];
}

/** Tells the row of a kind by what stands in an object; a custom kind's is waited for until its definition is served. */
export type ResolveKind = (apiVersion: string, kind: string) => Kind | undefined | Promise<Kind | undefined>;

/**
 * Applies manifests as `kubectl apply` does, one after another, and supplies what they presuppose.
 * @throws {InputError} with file, document, line and field when the API server refuses an object as malformed
 */
export async function deployManifests(
  client: Client,
  manifests: readonly Manifest[],
  resolveKind: ResolveKind,
): Promise<Deployed> {
  const assumed: string[] = [];
  const findings: Finding[] = duplicates(manifests);
  for (const name of missingNamespaces(manifests)) {
    if (await exists(client, namespaces, name)) continue;
    await client.create(namespaces, undefined, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    assumed.push(`namespace ${name}`);
  }
  for (const name of missingClasses(manifests)) {
    if (await exists(client, storageClasses, name)) continue;
    const body = guessedClass(name);
    await client.create(storageClasses, undefined, body);
    assumed.push(`storage class ${name}, provisioned by ${body.provisioner}`);
  }
  if (wantsDefaultClass(manifests) && !(await hasDefaultClass(client, manifests))) {
    const body = guessedClass("default");
    const annotations = { [DEFAULT_CLASS]: "true" };
    await client.create(storageClasses, undefined, { ...body, metadata: { name: "default", annotations } });
    assumed.push(`a default storage class, as some claims name none, provisioned by ${body.provisioner}`);
  }
  for (const manifest of inApplyOrder(manifests)) {
    const finding = await apply(client, manifest, resolveKind);
    if (finding !== undefined) findings.push(finding);
  }
  return { assumed, findings };
}

async function apply(
  client: Client,
  manifest: Manifest,
  resolveKind: ResolveKind,
): Promise<Finding | undefined> {
  const { object, place } = manifest;
  const kind = await resolveKind(object.apiVersion, object.kind);
  if (kind === undefined) {
    const what = `no matches for kind "${object.kind}" in version "${object.apiVersion}"; ensure its CRD is among the files. It was left out`;
    return { where: `${place.file}, line ${place.line ?? 1}`, what };
  }
  const namespace = kind.namespaced ? (object.metadata.namespace ?? "default") : undefined;
  const options = { fieldManager: "kubectl", fieldValidation: "Strict" as const };
  try {
    if (object.metadata.name === undefined) await client.create(kind, namespace, object, options);
    else
      await client.patch(kind, namespace, object.metadata.name, "apply", object, { ...options, force: true });
  } catch (error) {
    if (error instanceof StatusError) throw refusedAs(manifest, error);
    throw error;
  }
  return undefined;
}

/** The API server's refusal, at the line that it is about. */
function refusedAs(manifest: Manifest, error: StatusError): InputError {
  const said = /\.(\S+): (?:field not declared in schema|expected )/.exec(error.message);
  const field = error.details.causes?.[0]?.field ?? said?.[1];
  const line = (field === undefined ? undefined : manifest.lineOf(field)) ?? manifest.place.line;
  const place = {
    ...manifest.place,
    ...(line === undefined ? {} : { line }),
    ...(field === undefined ? {} : { field }),
  };
  return new InputError(place, `the API server refuses it: ${error.message}`, { cause: error });
}

async function exists(client: Client, kind: Kind, name: string): Promise<boolean> {
  const query: ListQuery = { fieldSelector: `metadata.name=${name}` };
  const list: { items: readonly unknown[]; metadata: ListMeta } = await client.list(kind, query);
  return list.items.length > 0;
}

function duplicates(manifests: readonly Manifest[]): Finding[] {
  const seen = new Map<string, Manifest>();
  const findings: Finding[] = [];
  for (const manifest of manifests) {
    const { apiVersion, kind, metadata } = manifest.object;
    const key = `${apiVersion} ${kind} ${metadata.namespace ?? "default"}/${metadata.name}`;
    const first = seen.get(key);
    if (first !== undefined && metadata.name !== undefined) {
      const at = `${first.place.file}, line ${first.place.line ?? 1}`;
      findings.push({
        where: `${manifest.place.file}, line ${manifest.place.line ?? 1}`,
        what: `${kind} ${metadata.name} stands at ${at} too; the later one is applied over the earlier, as kubectl does`,
      });
    }
    seen.set(key, manifest);
  }
  return findings;
}

async function hasDefaultClass(client: Client, manifests: readonly Manifest[]): Promise<boolean> {
  const theirs = manifests.map((m) => m.object).filter((object) => object.kind === "StorageClass");
  const all = [...theirs, ...(await client.list(storageClasses)).items];
  return all.some(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
}

/** Gives a Service a node port where it has none, so that it can be knocked at from outside. */
export async function exposeOnNodePort(client: Client, namespace: string, name: string): Promise<void> {
  await client.patch(services, namespace, name, "merge", { spec: { type: "NodePort" } });
}
