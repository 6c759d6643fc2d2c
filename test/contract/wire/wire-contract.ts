/**
 * What goes over the wire, letter by letter: every request here was answered by a real kube-apiserver 1.34.4, and its answers
 * stand in `recorded.data.json`. A lab is to answer the same, and so is a real one, whenever a kubeconfig leads to it;
 * `HOLDFAST_UPDATE=1 HOLDFAST_CONTRACT_KUBECONFIG=… npx vitest run test/contract/wire` writes the file anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterAccess } from "../../../src/client/http/cluster-access.ts";
import { type Call, type Reply, sendCall } from "../../support/http-call.ts";
import { comparable, type WireAnswer } from "./answer.ts";
import { bodyRequests } from "./body-requests.ts";
import { documentRequests } from "./document-requests.ts";
import { flowRequests } from "./flow-requests.ts";
import { formRequests } from "./form-requests.ts";
import { gzipRequests } from "./gzip-requests.ts";
import { lineRequests } from "./line-requests.ts";
import { optionRequests } from "./option-requests.ts";
import { patchRequests } from "./patch-requests.ts";
import { JSON_BODY, type WireRequest } from "./wire-request.ts";

/** A cluster's API server, for whoever may do everything there. */
export interface WireCluster {
  readonly access: ClusterAccess;
  close(): Promise<void>;
}

export const GROUPS: Readonly<Record<string, readonly WireRequest[]>> = {
  "paths and methods": lineRequests,
  forms: formRequests,
  bodies: bodyRequests,
  options: optionRequests,
  patches: patchRequests,
  documents: documentRequests,
  "flow control": flowRequests,
  compression: gzipRequests,
};

const FILE = new URL("./recorded.data.json", import.meta.url);
type Recorded = Readonly<Record<string, WireAnswer>>;

/** Runs every request; `record` writes down what is answered instead of judging it. */
export function wireContract(open: () => Promise<WireCluster>, namespace: string, record = false): void {
  const recorded: Recorded = record ? {} : (JSON.parse(readFileSync(FILE, "utf8")) as Recorded);
  const answers: Record<string, WireAnswer> = {};
  let cluster: WireCluster;

  beforeAll(async () => {
    cluster = await open();
    await setUp(cluster.access, namespace);
  }, 60_000);
  afterAll(async () => {
    await send(cluster.access, { line: `DELETE /api/v1/namespaces/${namespace}` });
    await cluster.close();
    if (record) writeFileSync(FILE, `${JSON.stringify(answers, null, 1)}\n`);
  });

  for (const [group, requests] of Object.entries(GROUPS)) {
    describe(group, () => {
      for (const request of requests) {
        const title = titleOf(request);
        test(title, async () => {
          const reply = await send(cluster.access, inNamespace(request, namespace));
          const answer = comparable(reply, namespace, request.headOnly ?? false);
          if (record) answers[title] = answer;
          else expect(answer).toEqual(recorded[title]);
        });
      }
    });
  }
}

/** Says all that tells one request from another. */
function titleOf({ line, headers, body }: WireRequest): string {
  const all = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const text = body !== undefined && body.length > 200 ? `${body.slice(0, 60)}… ${body.length}` : body;
  return [
    line.length > 300 ? `${line.slice(0, 300)}…` : line,
    ...all,
    ...(text === undefined ? [] : [text]),
  ].join(" | ");
}

function inNamespace({ line, ...rest }: WireRequest, namespace: string): WireRequest {
  return { ...rest, line: line.replace("{ns}", namespace) };
}

function send(access: ClusterAccess, { line, headers = {}, body }: WireRequest): Promise<Reply> {
  const [method = "", path = ""] = line.split(/ (.*)/s);
  // Node does not say it of every method.
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const call: Call = {
    method,
    headers: { "user-agent": "probe/1", ...length, ...headers },
    ...(body === undefined ? {} : { body }),
  };
  return sendCall(access.server, access, path, call);
}

/** What requests are about: a ConfigMap, and a custom kind. */
async function setUp(access: ClusterAccess, namespace: string): Promise<void> {
  const post = async (line: string, object: object) =>
    send(access, { line: `POST ${line}`, headers: JSON_BODY, body: JSON.stringify(object) });
  await post("/api/v1/namespaces", { metadata: { name: namespace } });
  await post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", WIDGET_DEFINITION);
  await post(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: "there" }, data: { k: "v" } });
  for (;;) {
    const served = await send(access, { line: "GET /apis/wire.holdfast.dev/v1/widgets" });
    if (served.code === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await post(`/apis/wire.holdfast.dev/v1/namespaces/${namespace}/widgets`, {
    apiVersion: "wire.holdfast.dev/v1",
    kind: "Widget",
    metadata: { name: "there" },
  });
}

const EMBEDDED = { "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true };

const WIDGET_DEFINITION = {
  metadata: { name: "widgets.wire.holdfast.dev" },
  spec: {
    group: "wire.holdfast.dev",
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
              count: { type: "integer" },
              ratio: { type: "number" },
              object: { type: "object", ...EMBEDDED },
              objects: { type: "array", items: { type: "object", ...EMBEDDED } },
            },
          },
        },
        subresources: { status: {} },
      },
    ],
  },
};
