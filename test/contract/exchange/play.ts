/**
 * Plays the requests of a case against a cluster, in a namespace of its own, and prints the answers.
 *
 * Verbs: `create`, `update` (the body is merged into what is stored), `replace` (the body is sent as it is), `patch` with its
 * kind as last word, `get`, `list`, `table`, `watch`, `delete`, `deletecollection`. The resource is its plural, with group or
 * with version and group where that is not clear: "horizontalpodautoscalers.v1.autoscaling". A name may be followed by a
 * subresource: "web/scale". `as=x` lets later requests say `$x.rv`, `$x.uid` and `$x.continue`.
 */
import { parse } from "yaml";
import type {
  Body,
  Client,
  ListQuery,
  PatchKind,
  WatchNotice,
  WatchQuery,
} from "../../../src/client/client.ts";
import { apiVersionOf, type Kind } from "../../../src/kube/kind.ts";
import { KINDS, OPTIONAL_KINDS } from "../../../src/kube/kinds.ts";
import { mergePatch } from "../../../src/kube/patch/merge-patch.ts";
import { StatusError } from "../../../src/kube/status-error.ts";
import type { KubeObject } from "../../../src/kube/types/index.ts";
import { MINIMAL } from "./minimal.ts";
import type { Exchange, Step } from "./parse.ts";
import { mark, nameMarks, printObject, printRefusal, unquoted } from "./print.ts";

/** What requests are sent to. */
export interface Counterpart {
  readonly client: Client;
  /** The server's own columns and rows for a list. */
  table(kind: Kind, query: ListQuery): Promise<Body>;
  /** The warnings that came with answers since it was asked last. */
  warnings(): readonly string[];
  /** Who asks. */
  readonly user: string;
  /** Waits until the server's own parts know what was written; nobody can ask a real one whether its informers do. */
  settle(): Promise<void>;
  /** Lets so much of its time pass; one whose time passes by itself does nothing. */
  elapse(ms: number): void;
}

/** What admission plugins keep a copy of. */
const READ_BY_ADMISSION = [
  "ingressclasses",
  "limitranges",
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "namespaces",
  "priorityclasses",
  "resourcequotas",
  "runtimeclasses",
  "serviceaccounts",
  "storageclasses",
];
const WRITES = ["create", "update", "replace", "patch", "delete"];

type Options = Readonly<Record<string, string>>;

interface Known {
  readonly rv: string;
  readonly uid: string;
  readonly continue: string;
}

/** The answers of a case's requests, in order. The namespace is there already. `timeless` orders managers and warnings by name. */
export async function playExchange(
  counterpart: Counterpart,
  namespace: string,
  { steps }: Exchange,
  timeless = false,
): Promise<string[]> {
  const player = new Player(counterpart, namespace, steps, timeless);
  const answers: string[] = [];
  for (const step of steps) answers.push(await player.play(step));
  return nameMarks(answers, namespace).map((answer) => answer.replaceAll(counterpart.user, "USER"));
}

class Player {
  readonly #counterpart: Counterpart;
  readonly #namespace: string;
  readonly #sent: string;
  readonly #timeless: boolean;
  readonly #known = new Map<string, Known>();

  constructor(counterpart: Counterpart, namespace: string, steps: readonly Step[], timeless: boolean) {
    this.#counterpart = counterpart;
    this.#namespace = namespace;
    this.#timeless = timeless;
    this.#sent = steps.map(({ source }) => source).join("\n");
  }

  async play(step: Step): Promise<string> {
    const options = Object.fromEntries(
      Object.entries(step.options).map(([name, value]) => [name, this.#fill(value).replaceAll("%", " ")]),
    );
    const body = step.body.trim() === "" ? undefined : parse(this.#fill(step.body));
    this.#counterpart.warnings();
    const answer = await this.#ask(step, options, body);
    const told = this.#counterpart.warnings().map((text) => `warning: ${text}`);
    const warnings = this.#timeless ? told.sort() : told;
    return [...warnings, answer].join("\n");
  }

  async #ask({ verb, words, source }: Step, options: Options, body: unknown): Promise<string> {
    const act = VERBS[verb];
    if (act === undefined) throw new Error(`There is no verb "${verb}": ${source}`);
    const [resource = "", place = "", last = ""] = words;
    const [name = "", subresource] = this.#fill(place).split("/");
    const kind = kindOf(resource);
    const namespace = kind.namespaced ? (options.ns ?? this.#namespace) : undefined;
    try {
      const answer = await act(this.#counterpart, {
        kind,
        namespace: namespace === "ALL" ? undefined : namespace,
        name,
        subresource,
        last,
        options,
        body,
      });
      const isWritten = WRITES.includes(verb) && options.dryRun === undefined;
      if (isWritten && READ_BY_ADMISSION.includes(kind.plural)) await this.#counterpart.settle();
      return this.#print(answer, options);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return printRefusal(error);
    }
  }

  #print(answer: Answer, options: Options): string {
    if (typeof answer === "string") return answer;
    const {
      resourceVersion: rv = "",
      uid = "",
      continue: token = "",
    } = (answer as KubeObject).metadata as Partial<KubeObject["metadata"]> & { readonly continue?: string };
    if (options.as !== undefined) this.#known.set(options.as, { rv, uid, continue: token });
    const print = {
      sent: this.#sent,
      fields: options.fields === "true",
      namespace: this.#namespace,
      timeless: this.#timeless,
    };
    if (!("items" in answer)) return `ok\n${printObject(answer, print)}`;
    const { items, metadata } = answer as unknown as {
      readonly items: readonly KubeObject[];
      readonly metadata: Body;
    };
    const { continue: more, remainingItemCount: remaining } = metadata;
    const head = `ok, ${items.length} objects${more ? ", more follow" : ""}${remaining === undefined ? "" : `, ${remaining} remain`}`;
    const lines = items.map((item) =>
      options.full === "true" ? printObject(item, print) : `- ${line(item)}`,
    );
    return [head, ...lines].join("\n");
  }

  /** Puts in what earlier answers said. */
  #fill(text: string): string {
    return text
      .replaceAll("$namespace", this.#namespace)
      .replaceAll(
        /\$(\w+)\.(rv|uid|continue)/g,
        (all, name: string, what: keyof Known) => this.#known.get(name)?.[what] ?? all,
      );
  }
}

function line({ metadata }: KubeObject): string {
  const place = metadata.namespace === undefined ? "" : `${metadata.namespace}/`;
  const version = metadata.resourceVersion;
  return `${place}${metadata.name} ${version === undefined || version === "" ? "" : mark("rv", version)}`;
}

interface Question {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly subresource: string | undefined;
  readonly last: string;
  readonly options: Options;
  readonly body: unknown;
}

/** Text, an object, or a list. */
type Answer = string | object;

const VERBS: Readonly<Record<string, (counterpart: Counterpart, question: Question) => Promise<Answer>>> = {
  async create({ client }, question) {
    const { kind, namespace, name, subresource } = question;
    if (subresource === undefined)
      return await client.create(kind, namespace, written(question), writeQuery(question.options));
    const body = (question.body ?? {}) as Body;
    return await client.subresource(
      "create",
      kind,
      namespace,
      name,
      subresource,
      body,
      writeQuery(question.options),
    );
  },
  async replace({ client }, question) {
    return await put(
      client,
      question,
      question.subresource === undefined ? written(question) : (question.body as Body),
    );
  },
  async update({ client }, question) {
    const { kind, namespace, name, subresource, body } = question;
    const stored =
      subresource === "scale"
        ? await client.subresource("get", kind, namespace, name, subresource)
        : await client.get(kind, namespace, name);
    return await put(client, question, mergePatch(stored as object, body) as Body);
  },
  async patch({ client }, { kind, namespace, name, subresource, last, options, body }) {
    const type = last as PatchKind;
    const isNamed = last === "apply" && options.bare !== "true";
    const base = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name } };
    const own = isNamed ? mergePatch(base, body) : body;
    const query = {
      ...writeQuery(options),
      ...(options.force !== undefined && { force: true }),
      ...(subresource !== undefined && { subresource }),
    };
    return await client.patch(kind, namespace, name, type, own, query);
  },
  async get({ client }, { kind, namespace, name, subresource, options }) {
    if (subresource !== undefined) return await client.subresource("get", kind, namespace, name, subresource);
    return await client.get(
      kind,
      namespace,
      name,
      options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion },
    );
  },
  async list({ client }, question) {
    return await client.list(question.kind, listQuery(question));
  },
  async table(counterpart, question) {
    return printTable(await counterpart.table(question.kind, listQuery(question)));
  },
  async delete({ client }, { kind, namespace, name, options }) {
    return await client.delete(kind, namespace, name, deleteQuery(options));
  },
  async deletecollection({ client }, question) {
    await client.deleteCollection(question.kind, listQuery(question), deleteQuery(question.options));
    return "ok";
  },
  async watch(counterpart, question) {
    return await printWatch(counterpart, question);
  },
};

async function put(
  client: Client,
  { kind, namespace, name, subresource, options }: Question,
  body: Body,
): Promise<object> {
  if (subresource === undefined) return await client.update(kind, namespace, name, body, writeQuery(options));
  return await client.subresource("update", kind, namespace, name, subresource, body, writeQuery(options));
}

/** The body, with what the request says already unless it is to go bare. */
function written({ kind, name, options, body }: Question): Body {
  const own = (body ?? {}) as Body;
  if (options.bare === "true") return own;
  const base = options.minimal === "true" ? MINIMAL[kind.plural] : {};
  if (base === undefined) throw new Error(`Nothing is known of the least that ${kind.plural} need`);
  const named = name === "" ? {} : { name };
  return mergePatch(
    { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: named, ...base },
    own,
  ) as Body;
}

function writeQuery({ dryRun, fieldManager, fieldValidation }: Options) {
  return {
    ...(dryRun !== undefined && { dryRun: true }),
    ...(fieldManager !== undefined && { fieldManager }),
    ...(fieldValidation !== undefined && { fieldValidation: fieldValidation as "Strict" }),
  };
}

function listQuery({ namespace, options }: Question): ListQuery {
  const { labels, where, limit, continue: token, resourceVersion, match } = options;
  return {
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labelSelector: labels }),
    ...(where !== undefined && { fieldSelector: where }),
    ...(limit !== undefined && { limit: Number(limit) }),
    ...(token !== undefined && { continue: token }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(match !== undefined && { resourceVersionMatch: match as "Exact" }),
  };
}

function deleteQuery({ grace, propagation, uid, version, dryRun }: Options) {
  const preconditions = {
    ...(uid !== undefined && { uid }),
    ...(version !== undefined && { resourceVersion: version }),
  };
  return {
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(propagation !== undefined && { propagationPolicy: propagation as "Orphan" }),
    ...(Object.keys(preconditions).length > 0 && { preconditions }),
    ...(dryRun !== undefined && { dryRun: true }),
  };
}

/** Notices until `take` have come, or one of an object named `until`; without either until the server ends the watch. */
async function printWatch({ client, elapse }: Counterpart, question: Question): Promise<string> {
  const { take, until, seconds, bookmarks, initial, ...rest } = question.options;
  const query: WatchQuery = {
    ...(listQuery({ ...question, options: rest }) as WatchQuery),
    ...(seconds !== undefined && { timeoutSeconds: Number(seconds) }),
    ...(bookmarks !== undefined && { allowWatchBookmarks: true }),
    ...(initial !== undefined && { sendInitialEvents: true }),
  };
  const lines: string[] = [];
  const notices = client.watch(question.kind, query)[Symbol.asyncIterator]();
  while (lines.length !== Number(take)) {
    const next = notices.next();
    if (seconds !== undefined && until === undefined) elapse(Number(seconds) * 1_000);
    const { done, value } = await next;
    if (done) break;
    lines.push(printNotice(value));
    if (value.type !== "ERROR" && value.object.metadata.name === until) break;
  }
  await notices.return?.();
  return ["ok", ...lines].join("\n");
}

function printNotice(notice: WatchNotice<KubeObject>): string {
  if (notice.type === "ERROR") return `ERROR ${unquoted(JSON.stringify(notice.status))}`;
  if (notice.type === "BOOKMARK")
    return `BOOKMARK ${JSON.stringify(notice.object.metadata.annotations ?? {})}`;
  const { labels = {} } = notice.object.metadata;
  const shown = Object.entries(labels).map(([key, value]) => ` ${key}=${value}`);
  return `${notice.type} ${line(notice.object)}${shown.join("")}`;
}

interface Table {
  readonly columnDefinitions: readonly {
    readonly name: string;
    readonly type: string;
    readonly format: string;
    readonly priority: number;
  }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

function printTable(table: Body): string {
  const { columnDefinitions, rows = [] } = table as unknown as Table;
  const columns = columnDefinitions.map(
    ({ name, type, format, priority }) => `${name} (${type}${format && ` ${format}`}, ${priority})`,
  );
  return [
    "ok",
    columns.join(", "),
    ...(rows ?? []).map(({ cells }) => `- ${cells.map(printCell).join(" ")}`),
  ].join("\n");
}

/** Ages grow while the case runs. */
function printCell(cell: unknown): string {
  if (typeof cell === "string" && (/^(\d+[smhdy])+$/.test(cell) || /^\d{4}-/.test(cell))) return "AGE";
  return JSON.stringify(cell);
}

/** "pods", "deployments", "horizontalpodautoscalers.v1.autoscaling" */
export function kindOf(resource: string): Kind {
  const found = [...KINDS, ...OPTIONAL_KINDS].find(({ plural, group, version }) =>
    [plural, `${plural}.${group}`, `${plural}.${version}.${group}`].includes(resource),
  );
  if (found === undefined) throw new Error(`There is no resource "${resource}"`);
  return found;
}
