import { setCondition } from "../../kube/conditions.ts";
import { customSchemaOf } from "../../kube/custom/merge-schema.ts";
import type { ScalePaths } from "../../kube/custom/scale-values.ts";
import type { StructuralSchema } from "../../kube/custom/structural-schema.ts";
import type { Kind, SubresourceRow, Verb } from "../../kube/kind.ts";
import { customResourceDefinitions } from "../../kube/kinds.ts";
import type { Condition, CustomResourceDefinition } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import type { Api } from "./api.ts";
import type { ConversionWebhook, CustomVersion } from "./custom/custom-version.ts";
import type { KindRegistry } from "./kind-registry.ts";
import { CRD_CLEANUP } from "./strategies/custom-strategy.ts";
import { scale } from "./subresources/scale.ts";

const VERBS: readonly Verb[] = [
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "create",
  "update",
  "watch",
];
const PART_VERBS: readonly Verb[] = ["get", "patch", "update"];
/** What passes between a definition and its being served: two controllers look at it in turn. */
const ESTABLISHING_MS = 5;
/** How often a real server looks whether the last custom object is gone (crd_finalizer.go). */
const CLEANUP_RETRY_MS = 5_000;

type Definition = CustomResourceDefinition;
type Version = Definition["spec"]["versions"][number];

/**
 * Serves what CustomResourceDefinitions define: names are accepted, versions enter the registry of kinds, and a definition
 * that is deleted takes its objects along. What kube-apiserver's own CRD controllers do, with their conditions.
 */
export class CustomKinds {
  readonly #engine: Engine;
  readonly #api: Api;
  readonly #kinds: KindRegistry;
  readonly #versions = new Map<string, CustomVersion>();

  constructor(engine: Engine, api: Api, kinds: KindRegistry) {
    this.#engine = engine;
    this.#api = api;
    this.#kinds = kinds;
    api.onChange(customResourceDefinitions, ({ type, object, previous }) => {
      if (type === "DELETED") this.#forget(object);
      else if (object.metadata.deletionTimestamp !== undefined) this.#cleanUpAfter(object, ESTABLISHING_MS);
      else if (previous === undefined)
        engine.after(ESTABLISHING_MS, () => this.#establish(object.metadata.name));
      else if (isEstablished(object) && object.spec !== previous.spec) this.#serve(object);
    });
  }

  /** What is known of one version of a custom kind; `undefined` for built-in kinds. */
  versionOf(kind: Kind): CustomVersion | undefined {
    return this.#versions.get(versionKey(kind.group, kind.version, kind.plural));
  }

  #establish(name: string): void {
    const definition = this.#api.get(customResourceDefinitions, undefined, name);
    if (definition === undefined || definition.metadata.deletionTimestamp !== undefined) return;
    const now = this.#engine.now();
    const { spec } = definition;
    const singular = spec.names.singular || spec.names.kind.toLowerCase();
    const conditions = [
      condition("NamesAccepted", "NoConflicts", "no conflicts found"),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ].reduce(
      (list, each) => setCondition(list, each, now),
      (definition.status.conditions ?? []) as readonly Condition[],
    );
    const acceptedNames = {
      ...spec.names,
      singular,
      listKind: spec.names.listKind || `${spec.names.kind}List`,
    };
    const established = { ...definition, status: { ...definition.status, acceptedNames, conditions } };
    this.#serve(this.#api.updateStatus(customResourceDefinitions, established));
  }

  #serve({ spec }: Definition): void {
    const served = spec.versions.filter((version) => version.served || version.storage);
    const kinds = served.map((version) => kindOf(spec, version));
    const storage = kinds[served.findIndex((version) => version.storage)];
    if (storage === undefined) return;
    for (const version of served) {
      this.#versions.set(
        versionKey(spec.group, version.name, spec.names.plural),
        customVersion(spec, version),
      );
    }
    this.#kinds.add(
      kinds.filter((_, i) => served[i]?.served),
      storage,
    );
  }

  #forget({ spec }: Definition): void {
    this.#kinds.remove(spec.group, spec.names.plural);
    for (const { name } of spec.versions)
      this.#versions.delete(versionKey(spec.group, name, spec.names.plural));
  }

  /** Deletes the custom objects, and lets the definition go once none is left. */
  #cleanUpAfter({ metadata, spec }: Definition, delayMs: number): void {
    this.#engine.after(delayMs, () => {
      const definition = this.#api.get(customResourceDefinitions, undefined, metadata.name);
      if (definition?.metadata.uid !== metadata.uid) return;
      if (definition.metadata.finalizers?.includes(CRD_CLEANUP) !== true) return;
      const kind = this.#kinds
        .all()
        .find((each) => each.group === spec.group && each.plural === spec.names.plural);
      const objects = kind === undefined ? [] : this.#api.list(kind);
      for (const object of objects) {
        if (object.metadata.deletionTimestamp !== undefined || kind === undefined) continue;
        this.#api.delete(kind, object.metadata.namespace, object.metadata.name);
      }
      if (kind !== undefined && this.#api.list(kind).length > 0) {
        this.#cleanUpAfter(definition, CLEANUP_RETRY_MS);
        return;
      }
      const finalizers = definition.metadata.finalizers.filter((name) => name !== CRD_CLEANUP);
      this.#api.update(customResourceDefinitions, {
        ...definition,
        metadata: { ...definition.metadata, finalizers },
      });
    });
  }
}

function versionKey(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}

function customVersion({ conversion }: Definition["spec"], { schema, subresources }: Version): CustomVersion {
  const structural = schema?.openAPIV3Schema as StructuralSchema | undefined;
  const paths = subresources?.scale as ScalePaths | undefined;
  return {
    structural,
    schema: structural && customSchemaOf(structural),
    scale: paths && scale(paths),
    scalePaths: paths,
    converter: conversion?.strategy === "Webhook" ? (conversion.webhook as ConversionWebhook) : undefined,
  };
}

function condition(type: string, reason: string, message: string): Omit<Condition, "lastTransitionTime"> {
  return { type, status: "True", reason, message };
}

function isEstablished({ status }: Definition): boolean {
  const conditions = (status.conditions ?? []) as readonly Condition[];
  return conditions.some((each) => each.type === "Established" && each.status === "True");
}

function kindOf({ group, names, scope }: Definition["spec"], version: Version): Kind {
  const { name, subresources = {}, selectableFields = [] } = version;
  const own: SubresourceRow = { group, version: name, kind: names.kind, verbs: PART_VERBS };
  const scaled: SubresourceRow = { group: "autoscaling", version: "v1", kind: "Scale", verbs: PART_VERBS };
  return {
    group,
    version: name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === "Namespaced",
    verbs: VERBS,
    ...(selectableFields.length > 0
      ? { selectableFields: selectableFields.map(({ jsonPath }) => jsonPath) }
      : {}),
    ...(version.deprecated
      ? { deprecation: version.deprecationWarning ?? `${group}/${name} ${names.kind} is deprecated` }
      : {}),
    subresources: {
      ...(subresources.scale === undefined ? {} : { scale: scaled }),
      ...(subresources.status === undefined ? {} : { status: own }),
    },
  };
}
