import { apiVersionOf, type Kind } from "../../../../kube/kind.ts";
import { StatusError } from "../../../../kube/status-error.ts";
import type { ObjectMeta } from "../../../../kube/types/index.ts";
import type { Fields, LooseObject } from "../../loose.ts";
import type { WebhookReply } from "../../outside/ask-webhook.ts";

/** Of ConversionReviews. */
export type ReviewVersion = "v1" | "v1beta1";

/** The document that asks for objects of one version as another has them. Real servers send the empty answer along. */
export function conversionReview(
  version: ReviewVersion,
  uid: string,
  desired: Kind,
  objects: readonly LooseObject[],
): Fields {
  return {
    kind: "ConversionReview",
    apiVersion: `apiextensions.k8s.io/${version}`,
    request: { uid, desiredAPIVersion: apiVersionOf(desired), objects },
    response: { uid: "", convertedObjects: null, result: { metadata: {} } },
  };
}

interface Response {
  readonly uid?: unknown;
  readonly convertedObjects?: readonly LooseObject[];
  readonly result?: { readonly status?: string; readonly message?: string };
}

export interface Asked {
  readonly version: ReviewVersion;
  readonly uid: string;
  readonly desired: Kind;
  readonly objects: readonly LooseObject[];
}

/** The objects that a webhook made of those it was sent; all but labels and annotations of their metadata stays.
 * @throws {StatusError} in the words of apiextensions' webhook converter */
export function convertedObjects(asked: Asked, reply: WebhookReply): readonly LooseObject[] {
  const { desired, objects } = asked;
  const from = `${objects[0]?.apiVersion}, Kind=${desired.kind}`;
  const refuse = (what: string) => new StatusError("Unknown", `conversion webhook for ${from} ${what}`);
  if (reply.kind === "failure") throw refuse(`failed: ${reply.why}`);
  const fault = documentFault(asked, reply.document);
  if (fault !== undefined) throw refuse(`failed: ${fault}`);
  const { convertedObjects: converted = [] } = reply.document.response as Response;
  if (converted.length !== objects.length) {
    throw refuse(`returned ${converted.length} objects, expected ${objects.length}`);
  }
  return converted.map((object, i) => {
    const wrong = wrongVersion(desired, object);
    if (wrong !== undefined) throw refuse(`returned invalid object at index ${i}: ${wrong}`);
    const before = objects[i] as LooseObject;
    const other = wrongIdentity(before.metadata, object.metadata ?? {});
    if (other !== undefined) throw refuse(`returned invalid object: ${other}`);
    return { ...object, metadata: keptMetadata(before.metadata, object.metadata) };
  });
}

function documentFault({ version, uid }: Asked, document: Fields): string | undefined {
  const { apiVersion, kind } = document;
  if (
    apiVersion &&
    kind &&
    (apiVersion !== `apiextensions.k8s.io/${version}` || kind !== "ConversionReview")
  ) {
    const given = String(apiVersion).split("/").at(-1);
    return `converting (${given}.${kind}) to (${version}.ConversionReview): unknown conversion`;
  }
  const response = (document.response ?? undefined) as Response | undefined;
  if (response === undefined) return "no response provided";
  if (version === "v1" && (response.uid ?? "") !== uid) {
    return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? "")}`;
  }
  const { status = "", message = "" } = response.result ?? {};
  if (status === "Success") return undefined;
  return message || `response.result.status was '${status}', not 'Success'`;
}

function wrongVersion(desired: Kind, object: LooseObject): string | undefined {
  const expected = apiVersionOf(desired);
  if (object.apiVersion !== expected) {
    return `invalid groupVersion (expected ${expected}, received ${object.apiVersion ?? ""})`;
  }
  if (object.kind === desired.kind) return undefined;
  return `invalid kind (expected ${desired.kind}, received ${object.kind ?? ""})`;
}

function wrongIdentity(before: ObjectMeta, after: Partial<ObjectMeta>): string | undefined {
  const same = [
    ["name", before.name, after.name],
    ["namespace", before.namespace, after.namespace],
    ["UID", before.uid, after.uid],
  ] as const;
  const other = same.find(([, had, has]) => (had ?? "") !== (has ?? ""));
  return other && `must have the same ${other[0]}: ${other[1] ?? ""} != ${other[2] ?? ""}`;
}

function keptMetadata(before: ObjectMeta, { labels, annotations }: ObjectMeta): ObjectMeta {
  const { labels: _labels, annotations: _annotations, ...kept } = before;
  return {
    ...kept,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
