/**
 * Chooses the form of an answer by the request's Accept header, as kube-apiserver does: JSON or YAML, plain or turned
 * into a Table or bare metadata. Protobuf is read but not written; clients that prefer it name JSON as well.
 */
import { StatusError } from "../../../kube/status-error.ts";
import { BareRefusal } from "./refusals.ts";

/** What an object may be turned into on its way out. */
export type Transformation = "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";

/** The form that was agreed on. */
export interface OutputForm {
  readonly format: "json" | "yaml";
  /** Indented, for people. */
  readonly pretty: boolean;
  readonly as?: Transformation;
  /** Version of meta.k8s.io that the transformed object is in. */
  readonly version?: string;
}

/** One entry of an Accept header. */
export interface AcceptClause {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Offer {
  readonly format: "json" | "yaml";
  readonly streams: boolean;
}

const OFFERS: readonly Offer[] = [
  { format: "json", streams: true },
  { format: "yaml", streams: false },
];

const OUTPUT_TYPES = "application/json, application/yaml";

const TRANSFORMATIONS = new Set(["Table", "PartialObjectMetadata", "PartialObjectMetadataList"]);
/** Versions of meta.k8s.io that objects are turned into; the older is still served. */
const META_VERSIONS = new Set(["v1", "v1beta1"]);

/** What the paths of objects produce. Protobuf is not among it, though real servers list it. */
export const OBJECT_TYPES: readonly string[] = ["application/json", "application/yaml"];
/** What the paths of collections produce: they carry watches, too. */
export const COLLECTION_TYPES: readonly string[] = [...OBJECT_TYPES, "application/json;stream=watch"];

/**
 * Refuses a request whose Accept header names nothing that the path produces. The comparison is that of the router in front
 * of kube-apiserver's handlers: letter by letter, without parameters and qualities; protobuf passes, as it does there.
 * @throws {StatusError} NotAcceptable
 */
export function checkProduced(accept: string | undefined, produced: readonly string[]): void {
  if (accept === undefined || accept === "") return;
  const passes = accept.split(",").some((clause) => {
    const type = (clause.split(";", 1)[0] ?? "").trim();
    return type === "*/*" || type === PROTOBUF || produced.includes(type);
  });
  if (passes) return;
  throw new BareRefusal(
    "NotAcceptable",
    `406: Not Acceptable\n\nAvailable representations: ${produced.join(", ")}`,
  );
}

const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** Who reads the answer, as far as headers and query tell. */
export interface Requester {
  readonly accept: string | undefined;
  readonly userAgent: string | undefined;
  /** The query parameter of that name. */
  readonly pretty: string | null;
}

/** The form for an object or a list; `hasTable` tells whether there are columns for it.
 * @throws {StatusError} NotAcceptable when the client takes none of what is offered. */
export function negotiate(requester: Requester, hasTable = true): OutputForm {
  const choice = choose(
    requester.accept,
    () => true,
    ({ as }) => hasTable || as !== "Table",
  );
  if (choice === undefined) throw notAcceptable(OUTPUT_TYPES);
  return { ...choice, pretty: choice.pretty || wantsPretty(requester) };
}

/** The form for a watch: only JSON can be cut into lines. */
export function negotiateStream(requester: Requester): OutputForm {
  const choice = choose(requester.accept, (offer) => offer.streams);
  if (choice === undefined) throw notAcceptable("application/json;stream=watch");
  return { ...choice, pretty: false };
}

/** The form for something that has no other than its plain one; indented JSON when the client wants what there is not. */
export function negotiatePlain(requester: Requester): OutputForm {
  const choice = choose(
    requester.accept,
    () => true,
    ({ as }) => as === undefined,
  );
  if (choice === undefined) return { format: "json", pretty: true };
  return { format: choice.format, pretty: choice.pretty || wantsPretty(requester) };
}

/** The form for a document of the server's own. @throws {StatusError} NotAcceptable */
export function negotiateDocument(requester: Requester): OutputForm {
  const form = negotiate(requester);
  // Such documents are not turned into other forms.
  if (form.as !== undefined) throw notAcceptable(OUTPUT_TYPES);
  return form;
}

function choose(
  accept: string | undefined,
  suits: (offer: Offer) => boolean,
  allows: (form: OutputForm) => boolean = () => true,
): OutputForm | undefined {
  if (accept === undefined || accept === "") return { format: "json", pretty: false };
  for (const clause of clausesOf(accept)) {
    // The first offer that a clause matches decides: YAML asked for does not become a stream of JSON.
    const offer = OFFERS.find((candidate) => matches(clause, candidate));
    if (offer === undefined) continue;
    const form = formOf(clause, offer);
    if (form === undefined || !allows(form)) continue;
    return suits(offer) ? form : undefined;
  }
  return undefined;
}

function matches({ type, subtype }: AcceptClause, offer: Offer): boolean {
  if (type === "*") return subtype === "*";
  return type === "application" && (subtype === "*" || subtype === offer.format);
}

/** What the clause's parameters make of the offer; `undefined` when they ask for something unknown. */
function formOf({ parameters }: AcceptClause, offer: Offer): OutputForm | undefined {
  const { as, g, v, stream, sv, pretty } = parameters;
  if (stream !== undefined && stream !== "" && !(offer.streams && stream === "watch")) return undefined;
  if (sv !== undefined && sv !== "") return undefined;
  const plain = { format: offer.format, pretty: pretty === "1" };
  if (as === undefined && g === undefined && v === undefined) return plain;
  if (as === undefined || v === undefined) return undefined;
  if (!TRANSFORMATIONS.has(as) || g !== "meta.k8s.io" || !META_VERSIONS.has(v)) return undefined;
  return { ...plain, as: as as Transformation, version: v };
}

/** Clients send the same few headers over and over; whoever makes up new ones is not remembered. */
const HEADERS_KEPT = 64;
const keptClauses = new Map<string, readonly AcceptClause[]>();

function clausesOf(header: string): readonly AcceptClause[] {
  let clauses = keptClauses.get(header);
  if (clauses === undefined) {
    clauses = parseAccept(header);
    if (keptClauses.size < HEADERS_KEPT) keptClauses.set(header, clauses);
  }
  return clauses;
}

/** The clauses of an Accept header, the most wanted first; among equals the order of the header stands. */
export function parseAccept(header: string): readonly AcceptClause[] {
  const clauses = header.split(",").flatMap((part): readonly AcceptClause[] => {
    const [media = "", ...rest] = part.split(";").map((piece) => piece.trim());
    const [type = "", subtype = ""] = media.split("/");
    if (type === "" || (subtype === "" && type !== "*")) return [];
    const parameters: Record<string, string> = {};
    for (const piece of rest) {
      const [key = "", value = ""] = piece.split("=", 2);
      parameters[key.trim()] = value.trim().replace(/^"(.*)"$/, "$1");
    }
    const quality = parameters.q === undefined ? 1 : Number(parameters.q) || 0;
    return [{ type, subtype: subtype || "*", quality, parameters }];
  });
  return clauses
    .filter((clause) => clause.quality > 0)
    .sort((a, b) => b.quality - a.quality || wildness(a) - wildness(b));
}

/** Exact types go before wildcards of equal quality. */
function wildness(clause: AcceptClause): number {
  return (clause.type === "*" ? 2 : 0) + (clause.subtype === "*" ? 1 : 0);
}

/** Whether a person reads the answer, as far as can be told. */
export function wantsPretty(requester: Requester): boolean {
  if (requester.pretty !== null && requester.pretty !== "") return /^(1|t|true)$/i.test(requester.pretty);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(requester.userAgent ?? "");
}

function notAcceptable(offered: string): StatusError {
  return new StatusError("NotAcceptable", `only the following media types are accepted: ${offered}`);
}
