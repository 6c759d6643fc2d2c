/**
 * The audit log: what every request was, whose, and what came of it, as audit.k8s.io/v1 Events at level Metadata, one JSON
 * line for each stage. It is what kube-apiserver writes by a policy of that one level for everything.
 */
import { goJson } from "../../../base/go-json.ts";
import type { Attributes } from "../../../kube/rbac/attributes.ts";
import { formatMicroTime } from "../../../kube/time.ts";
import type { Decision, UserInfo } from "../access/access.ts";
import type { DoorWitness } from "./admit.ts";
import type { Authentication } from "./authenticate.ts";
import { attributesOf } from "./authorize.ts";
import type { Answer, Incoming, RequestHead } from "./exchange.ts";
import { isLongRunning } from "./request-info.ts";

/** What events of a lab go by. */
export interface AuditLog {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  /** The lab's time. */
  readonly nowMs: () => number;
}

type Stage = "RequestReceived" | "ResponseStarted" | "ResponseComplete";
type Fields = Readonly<Record<string, unknown>>;

/** Follows one request through the server. */
export class AuditTrail implements DoorWitness {
  readonly #log: AuditLog;
  readonly #id: string;
  readonly #head: RequestHead;
  readonly #incoming: Incoming;
  readonly #receivedMs: number;
  readonly #attributes: Attributes;
  #annotations: Readonly<Record<string, string>> = {};
  #user: UserInfo | undefined;
  #actsAs: UserInfo | undefined;

  constructor(log: AuditLog, id: string, head: RequestHead, incoming: Incoming) {
    this.#log = log;
    this.#id = id;
    this.#head = head;
    this.#incoming = incoming;
    this.#receivedMs = log.nowMs();
    this.#attributes = attributesOf(head.info, head.query);
  }

  authenticated({ user, annotations }: Authentication): void {
    this.#user = user;
    this.#annotations = annotations ?? {};
    this.#write("RequestReceived", this.#receivedMs);
  }

  impersonating(user: UserInfo): void {
    this.#actsAs = user;
  }

  decided({ allowed, reason = "" }: Decision): void {
    this.#annotations = {
      ...this.#annotations,
      "authorization.k8s.io/decision": allowed ? "allow" : "forbid",
      "authorization.k8s.io/reason": reason,
    };
  }

  /** What admission has to say of the request. */
  annotate(key: string, value: string): void {
    this.#annotations = { [key]: value, ...this.#annotations };
  }

  /** The answer is known, and begins to be sent. */
  answering(answer: Answer): void {
    const lasts = isLongRunning(this.#head.info) && !isFailure(answer);
    if (this.#user === undefined || lasts) this.#write("ResponseStarted", this.#log.nowMs(), answer);
  }

  /** The last byte has left, or the client has gone. */
  answered(answer: Answer): void {
    if (this.#user !== undefined) this.#write("ResponseComplete", this.#log.nowMs(), answer);
  }

  #write(stage: Stage, atMs: number, answer?: Answer): void {
    const { headers } = this.#incoming;
    const { info } = this.#head;
    const status = answer === undefined ? {} : { responseStatus: statusOf(answer) };
    const event = {
      kind: "Event",
      apiVersion: "audit.k8s.io/v1",
      level: "Metadata",
      auditID: this.#id,
      stage,
      requestURI: this.#incoming.url ?? "/",
      verb: info.verb,
      user: this.#user === undefined ? {} : userFields(this.#user),
      ...(this.#actsAs === undefined ? {} : { impersonatedUser: userFields(this.#actsAs) }),
      sourceIPs: [this.#incoming.socket.remoteAddress],
      userAgent: headers["user-agent"],
      ...this.#object(answer),
      ...status,
      requestReceivedTimestamp: formatMicroTime(this.#receivedMs),
      stageTimestamp: formatMicroTime(atMs),
      ...(Object.keys(this.#annotations).length === 0 ? {} : { annotations: inOrder(this.#annotations) }),
    };
    this.#log.write(goJson(event));
  }

  #object(answer: Answer | undefined): Fields {
    const { info } = this.#head;
    if (info.type === "path" || this.#attributes.type === "path") return {};
    const { resource, namespace, group, subresource, name = nameIn(answer) } = this.#attributes;
    return {
      objectRef: {
        resource,
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
        ...(group === "" ? {} : { apiGroup: group }),
        apiVersion: info.version,
        ...(subresource === undefined ? {} : { subresource }),
      },
    };
  }
}

function inOrder(annotations: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The name of an object that was created; real servers know one that the client gave, not one that they made. */
function nameIn(answer: Answer | undefined): string | undefined {
  if (answer?.type !== "object") return undefined;
  const { metadata, details } = answer.body as {
    readonly metadata?: { readonly name?: string; readonly generateName?: string };
    readonly details?: { readonly name?: string };
  };
  return metadata?.generateName ? undefined : (metadata?.name ?? details?.name);
}

function statusOf(answer: Answer): Fields {
  if (answer.type === "object" && answer.body.kind === "Status") {
    const { status, message, reason, details, code = answer.code } = answer.body;
    return { metadata: {}, status, message, reason, details, code };
  }
  return { metadata: {}, code: codeOf(answer) };
}

function isFailure(answer: Answer): boolean {
  return codeOf(answer) >= 400;
}

/** Lists and watches that are no refusals are well. */
function codeOf(answer: Answer): number {
  return "code" in answer ? answer.code : 200;
}

function userFields({ name, uid, groups, extra }: UserInfo): Fields {
  return { username: name, uid, groups, extra };
}
