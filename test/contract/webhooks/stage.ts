/** What a case about admission webhooks works with: a cluster, and webhooks that say what it wants. */
import { vi } from "vitest";
import type { Client } from "../../../src/client/client.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import { configMaps, findKind } from "../../../src/kube/kinds.ts";
import type { Document, Received, Reply, WebhookServer } from "./webhook-server.ts";

export type HookType = "Mutating" | "Validating";

/** A webhook of a case: what differs from one that hears of everything in the case's namespace and allows it. */
export type HookFields = Readonly<Record<string, unknown>> & { readonly name: string };

/** One question, as far as most cases look at it: "m CREATE a" or "m UPDATE a/status". */
export type Call = string;

export interface HookStage {
  readonly client: Client;
  readonly namespace: string;
  readonly name: string;
  readonly server: WebhookServer;
  elapse(ms: number): void;
  /** Makes a configuration and waits until the cluster acts on it. Its webhooks are called on the server's port. */
  install(type: HookType, hooks: readonly HookFields[]): Promise<void>;
  /** How the webhook of that name answers from now on; a plain object is the response of a review. */
  respond(hook: string, answer: (request: Document) => Reply | Document): void;
  /** What was asked since the case began, or since it asked last. */
  calls(): readonly Call[];
  /** The review's request of the last call of a webhook. */
  asked(hook: string): Document;
}

const SENTINEL = "holdfast.test/sentinel";

export function configurationKind(type: HookType): Kind {
  return findKind("admissionregistration.k8s.io/v1", `${type}WebhookConfiguration`) as Kind;
}

/** A stage for one case; `close` takes its configurations away. */
export function createStage(
  { client, elapse }: Pick<HookStage, "client" | "elapse">,
  server: WebhookServer,
  place: { readonly namespace: string; readonly name: string },
): HookStage & { close(): Promise<void> } {
  const responders = new Map<string, (request: Document) => Reply | Document>();
  const installed: { readonly type: HookType; readonly name: string }[] = [];
  server.received.length = 0;
  server.answer = (received) => {
    const request = received.document.request as Document;
    const said = responders.get(received.hook)?.(request) ?? {};
    return isReply(said) ? said : review(received, said);
  };
  const stage = {
    client,
    server,
    elapse,
    ...place,
    async install(type: HookType, hooks: readonly HookFields[]) {
      const name = `${place.name}-${installed.length}`;
      const sentinel = {
        name: `sentinel.${name}.test`,
        objectSelector: { matchLabels: { [SENTINEL]: name } },
      };
      const body = {
        metadata: { name },
        webhooks: [...hooks, sentinel].map((fields) => ({
          ...common(server, place.namespace, fields),
          ...fields,
        })),
      };
      await client.create(configurationKind(type), undefined, body);
      installed.push({ type, name });
      await untilCalled(name);
    },
    respond(hook: string, answer: (request: Document) => Reply | Document) {
      responders.set(hook, answer);
    },
    calls() {
      const calls = server.received.map(callText);
      server.received.length = 0;
      return calls;
    },
    asked(hook: string) {
      const received = server.received.findLast((each) => each.hook === hook);
      return (received?.document.request ?? {}) as Document;
    },
    async close() {
      for (const { type, name } of installed) await client.delete(configurationKind(type), undefined, name);
    },
  };

  async function untilCalled(configuration: string): Promise<void> {
    const answers = new Map(responders);
    responders.clear();
    const body = { metadata: { name: "sentinel", labels: { [SENTINEL]: configuration } } };
    await vi.waitFor(
      async () => {
        await client.create(configMaps, place.namespace, body, { dryRun: true });
        if (!server.received.some(({ hook }) => hook === `sentinel.${configuration}.test`))
          throw new Error("not yet");
      },
      { timeout: 10_000, interval: 50 },
    );
    server.received.length = 0;
    for (const [hook, answer] of answers) responders.set(hook, answer);
  }

  return stage;
}

function isReply(said: Reply | Document): said is Reply {
  return typeof said === "string" || "document" in said || "text" in said;
}

function review({ document }: Received, said: Document): Reply {
  const { uid } = document.request as { readonly uid: string };
  const { apiVersion, kind } = document;
  return { document: { apiVersion, kind, response: { uid, allowed: true, ...said } } };
}

function common(server: WebhookServer, namespace: string, { name }: HookFields): Document {
  return {
    clientConfig: { url: `${server.url}/${name}`, caBundle: server.caBundle },
    rules: [
      { apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"], scope: "Namespaced" },
    ],
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    timeoutSeconds: 5,
  };
}

function callText({ hook, document }: Received): Call {
  const { operation, name = "", subResource } = document.request as Readonly<Record<string, string>>;
  const part = subResource === undefined ? "" : `/${subResource}`;
  return `${hook.replace(/\..*/, "")} ${operation} ${name}${part}`.trim();
}

/** The response of a webhook that changes the object. */
export function patchWith(...operations: readonly Document[]): Document {
  return { patch: Buffer.from(JSON.stringify(operations)).toString("base64"), patchType: "JSONPatch" };
}
