import { expect } from "vitest";
import { configMaps, services } from "../../../src/kube/kinds.ts";
import { configMap, refusal } from "../bodies.ts";
import type { HookCase } from "./admission-cases.ts";
import type { HookFields, HookStage, HookType } from "./stage.ts";
import type { Document, Reply } from "./webhook-server.ts";

interface Failure {
  readonly what: string;
  readonly type?: HookType;
  readonly hook?: (stage: HookStage) => Partial<HookFields>;
  readonly prepare?: (stage: HookStage) => Promise<unknown>;
  readonly reply?: (request: Document) => Reply | Document;
  /** What follows the webhook's name. "$URL" stands for where the test's webhooks are. */
  readonly says: string | ((request: Document, stage: HookStage) => string);
}

const REVIEW = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" };
const POST = 'failed to call webhook: Post "$URL/v.test.io?timeout=2s": ';

const FAILURES: readonly Failure[] = [
  {
    what: "another review's number",
    reply: () => ({ uid: "zz" }),
    says: ({ uid }) => `received invalid webhook response: expected response.uid="${uid}", got "zz"`,
  },
  {
    what: "a patch from a validating webhook",
    reply: () => ({ patch: btoa("[]"), patchType: "JSONPatch" }),
    says: "received invalid webhook response: validating webhook may not return response.patch",
  },
  {
    what: "a patch without its type",
    type: "Mutating",
    reply: () => ({ patch: btoa("[]") }),
    says: "received invalid webhook response: webhook returned response.patch but not response.patchType",
  },
  {
    what: "a patch's type without a patch",
    type: "Mutating",
    reply: () => ({ patchType: "JSONPatch" }),
    says: "received invalid webhook response: webhook returned response.patchType but not response.patch",
  },
  {
    what: "a patch that is no JSON",
    type: "Mutating",
    reply: () => ({ patch: btoa("hello"), patchType: "JSONPatch" }),
    says: "received undecodable patch in webhook response: invalid character 'h' looking for beginning of value",
  },
  {
    what: "a patch that is no base64",
    type: "Mutating",
    reply: () => ({ patch: "###", patchType: "JSONPatch" }),
    says: "failed to call webhook: illegal base64 data at input byte 0",
  },
  {
    what: "no response",
    reply: () => ({ document: REVIEW }),
    says: "received invalid webhook response: webhook response was absent",
  },
  {
    what: "an empty object",
    reply: () => ({ document: {} }),
    says: "received invalid webhook response: webhook response was absent",
  },
  {
    what: "a review of another version",
    reply: () => ({
      document: { ...REVIEW, apiVersion: "admission.k8s.io/v1beta1", response: { allowed: true } },
    }),
    says: "failed to call webhook: converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion",
  },
  {
    what: "no JSON",
    reply: () => ({ code: 200, text: "hello" }),
    says: 'failed to call webhook: couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
  },
  {
    what: "code 500",
    reply: () => ({ code: 500, text: "boom" }),
    says: 'failed to call webhook: an error on the server ("unknown") has prevented the request from succeeding',
  },
  {
    what: "code 404",
    reply: () => ({ code: 404, text: "nothing" }),
    says: "failed to call webhook: the server could not find the requested resource",
  },
  {
    what: "a Status",
    reply: () => ({
      code: 403,
      text: JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message: "mm", code: 403 }),
    }),
    says: "failed to call webhook: mm",
  },
  {
    what: "code 302",
    reply: () => ({ code: 302, text: "elsewhere" }),
    says: "failed to call webhook: the server responded with the status code 302 but did not return more information",
  },
  { what: "a connection that ends", reply: () => "hang up", says: `${POST}EOF` },
  { what: "silence", reply: () => "hang", says: `${POST}context deadline exceeded` },
  {
    what: "nobody listening",
    hook: () => ({ clientConfig: { url: "https://127.0.0.1:1/x" } }),
    says: 'failed to call webhook: Post "https://127.0.0.1:1/x?timeout=2s": dial tcp 127.0.0.1:1: connect: connection refused',
  },
  {
    what: "a certificate that nobody vouches for",
    hook: ({ server }) => ({ clientConfig: { url: `${server.url}/v.test.io` } }),
    says: `${POST}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  },
  {
    what: "a certificate for somebody else",
    hook: ({ namespace, server }) => ({
      clientConfig: {
        caBundle: server.caBundle,
        service: { namespace, name: "stranger", port: server.port },
      },
    }),
    prepare: ({ client, namespace }) =>
      client.create(services, namespace, {
        metadata: { name: "stranger" },
        spec: { type: "ExternalName", externalName: "127.0.0.1" },
      }),
    says: (_, { namespace, server }) =>
      `failed to call webhook: Post "https://stranger.${namespace}.svc:${server.port}/?timeout=2s": tls: failed to verify certificate: x509: certificate is valid for localhost, hook.${namespace}.svc, not stranger.${namespace}.svc`,
  },
  {
    what: "no such Service",
    hook: ({ namespace }) => ({ clientConfig: { service: { namespace, name: "absent" } } }),
    says: (_, { namespace }) =>
      `failed to call webhook: Post "https://absent.${namespace}.svc:443/?timeout=2s": service "absent" not found`,
  },
  {
    what: "a Service without such a port",
    hook: ({ namespace }) => ({
      clientConfig: { service: { namespace, name: "ported", port: 77, path: "/x" } },
    }),
    prepare: ({ client, namespace }) =>
      client.create(services, namespace, { metadata: { name: "ported" }, spec: { ports: [{ port: 443 }] } }),
    says: (_, { namespace }) =>
      `failed to call webhook: Post "https://ported.${namespace}.svc:77/x?timeout=2s": no service port 77 found for service "ported"`,
  },
  {
    what: "a headless Service",
    hook: ({ namespace }) => ({ clientConfig: { service: { namespace, name: "headless" } } }),
    prepare: ({ client, namespace }) =>
      client.create(services, namespace, {
        metadata: { name: "headless" },
        spec: { clusterIP: "None", ports: [{ port: 443 }] },
      }),
    says: (_, { namespace }) =>
      `failed to call webhook: Post "https://headless.${namespace}.svc:443/?timeout=2s": cannot route to service with ClusterIP "None"`,
  },
];

function failureCase({ what, type = "Validating", hook, prepare, reply, says }: Failure): HookCase {
  return {
    name: `${what} is a failure, which the policy may pass over`,
    async run(stage) {
      const { client, namespace, name, server } = stage;
      await prepare?.(stage);
      let asked: Document = {};
      stage.respond("v.test.io", (request) => {
        asked = request;
        return reply?.(request) ?? {};
      });
      const fields = { name: "v.test.io", timeoutSeconds: 2, ...hook?.(stage) };
      const strict = { matchLabels: { policy: `${name}-fail` } };
      const lax = { matchLabels: { policy: `${name}-ignore` } };
      await stage.install(type, [
        { ...fields, objectSelector: strict, failurePolicy: "Fail" },
        { ...fields, name: "lax.test.io", objectSelector: lax, failurePolicy: "Ignore" },
      ]);
      stage.respond("lax.test.io", (request) => reply?.(request) ?? {});
      const labelled = (policy: string) =>
        configMap(`${name}-${policy}`, {}, { labels: { policy: `${name}-${policy}` } });
      const error = await refusal(client.create(configMaps, namespace, labelled("fail")));
      const said = typeof says === "string" ? says : says(asked, stage);
      const message = `failed calling webhook "v.test.io": ${said.replaceAll("$URL", server.url)}`;
      expect(error.message).toBe(`Internal error occurred: ${message}`);
      expect(error).toMatchObject({ code: 500, reason: "InternalError" });
      expect(error.details.causes?.map((cause) => cause.message)).toEqual([message]);
      await client.create(configMaps, namespace, labelled("ignore"));
    },
  };
}

export const failureCases: readonly HookCase[] = FAILURES.map(failureCase);
