/** The place that a whole object is, with the fields that nobody owns in requests to it or to one of its subresources. */
import { type Kind, resourceName } from "../kind.ts";
import { type Schema, schemaNamed } from "../schema/schema.ts";
import { EMPTY_OBJECT, type FieldPlace, fieldElement, Place, placeOf } from "./place.ts";

/** What identifies an object or is kept by the server itself. */
const UNOWNED = ["apiVersion", "kind"];
const UNOWNED_METADATA = [
  "name",
  "namespace",
  "creationTimestamp",
  "selfLink",
  "uid",
  "clusterName",
  "generation",
  "managedFields",
  "resourceVersion",
];

/** Kinds whose status requests reset more than the spec, each with the paths. */
const STATUS_RESETS: Readonly<Record<string, readonly string[]>> = {
  "deployments.apps": ["spec", "metadata.labels"],
  pods: ["spec", "metadata.deletionTimestamp", "metadata.ownerReferences"],
  "customresourcedefinitions.apiextensions.k8s.io": ["spec", "metadata"],
  "apiservices.apiregistration.k8s.io": ["spec", "metadata"],
  "volumeattachments.storage.k8s.io": ["spec", "metadata"],
  "flowschemas.flowcontrol.apiserver.k8s.io": ["spec", "metadata"],
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": ["spec", "metadata"],
  "validatingadmissionpolicies.admissionregistration.k8s.io": ["spec", "metadata"],
  "certificatesigningrequests.certificates.k8s.io": ["spec", "status.conditions"],
};

/** What a request through a subresource, or ("") to the object itself, cannot change. */
function resetPaths(kind: Kind, subresource: string): readonly string[] {
  const name = resourceName(kind);
  const isRequest = name === "certificatesigningrequests.certificates.k8s.io";
  switch (subresource) {
    case "":
      if (kind.subresources.status === undefined) return [];
      return isRequest ? ["spec", "status"] : ["status"];
    case "status":
      return STATUS_RESETS[name] ?? ["spec"];
    case "finalize":
      return ["status"];
    case "approval":
      return ["spec", "status.certificate"];
    default:
      return [];
  }
}

const places = new WeakMap<object, Map<string | undefined, Place>>();

/** The place of a kind's objects with nothing left out: for telling what would be gone, whoever owns it. */
export function wholePlace(kind: Kind, schema: Schema | undefined): Place {
  return placeFor(kind, schema, undefined);
}

/** The place of a kind's objects, seen by requests to `subresource`. A kind without a schema is owned part by part. */
export function rootPlace(kind: Kind, schema: Schema | undefined, subresource: string): Place {
  return placeFor(kind, schema, subresource);
}

function placeFor(kind: Kind, schema: Schema | undefined, subresource: string | undefined): Place {
  const owner = schema ?? kind;
  let bySubresource = places.get(owner);
  if (bySubresource === undefined) {
    bySubresource = new Map();
    places.set(owner, bySubresource);
  }
  let place = bySubresource.get(subresource);
  if (place === undefined) {
    place = makeRoot(kind, schema, subresource);
    bySubresource.set(subresource, place);
  }
  return place;
}

function makeRoot(kind: Kind, schema: Schema | undefined, subresource: string | undefined): Place {
  const isWhole = subresource === undefined;
  const resets = isWhole ? [] : resetPaths(kind, subresource);
  const below = (parent: string) =>
    resets.filter((path) => path.startsWith(`${parent}.`)).map((path) => path.slice(parent.length + 1));
  const fields = new Map(schema === undefined ? [] : placeOf(schema).fields);
  // Custom kinds do not describe their metadata, which is the same for all.
  const metadataSchema = schemaNamed("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  const metadata = ignoring(placeOf(metadataSchema), [
    ...(isWhole ? [] : UNOWNED_METADATA),
    ...below("metadata"),
  ]);
  fields.set("metadata", { ...fieldPlace(fields, "metadata"), place: metadata });
  const status = fields.get("status");
  if (status?.place.type === "fields" && below("status").length > 0) {
    fields.set("status", { ...status, place: ignoring(status.place, below("status")) });
  }
  for (const name of [...(isWhole ? [] : UNOWNED), ...resets]) {
    if (!name.includes(".")) fields.set(name, { ...fieldPlace(fields, name), isIgnored: true });
  }
  return new Place("fields", schema, fields);
}

function ignoring(place: Place, names: readonly string[]): Place {
  const fields = new Map(place.fields);
  for (const name of names) fields.set(name, { ...fieldPlace(fields, name), isIgnored: true });
  // Every object has metadata, if only empty ones.
  return new Place("fields", place.schema, fields, place.zero ?? EMPTY_OBJECT);
}

function fieldPlace(fields: ReadonlyMap<string, FieldPlace>, name: string): FieldPlace {
  const known = fields.get(name);
  if (known !== undefined) return known;
  const element = fieldElement(name);
  return { element, rank: undefined, place: placeOf(undefined), isKnown: true, isIgnored: false };
}
