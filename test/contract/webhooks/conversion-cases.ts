import { expect, vi } from "vitest";
import { apiVersionOf, type Kind } from "../../../src/kube/kind.ts";
import { configMaps, customResourceDefinitions } from "../../../src/kube/kinds.ts";
import type { KubeObject } from "../../../src/kube/types/index.ts";
import { refusal } from "../bodies.ts";
import type { HookCase } from "./admission-cases.ts";
import type { HookStage } from "./stage.ts";
import type { Document, Received, Reply } from "./webhook-server.ts";

type Gadget = KubeObject & { readonly spec: Readonly<Record<string, unknown>> };
type Convert = (object: Gadget, desired: string) => Gadget;

const GROUP = "conversion.holdfast.test";
const OPEN = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** Objects say through which versions they came. */
const noting: Convert = (object, desired) => ({
  ...object,
  apiVersion: desired,
  spec: { ...object.spec, via: desired.split("/").at(-1) },
});

/** A kind of the case with two versions, v1 stored, and a webhook between them. */
async function defineGadgets(
  stage: HookStage,
): Promise<{ readonly v1: Kind<Gadget>; readonly v2: Kind<Gadget> }> {
  const { client, name, server } = stage;
  const plural = `gadgets${name.replace(/\D/g, "")}`;
  const kind = `Gadget${name.replace(/\D/g, "")}`;
  const version = (version: string) => ({
    name: version,
    served: true,
    storage: version === "v1",
    subresources: { status: {} },
    schema: { openAPIV3Schema: { type: "object", properties: { spec: OPEN, status: OPEN } } },
  });
  await client.create(customResourceDefinitions, undefined, {
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: { plural, kind },
      versions: [version("v1"), version("v2")],
      conversion: {
        strategy: "Webhook",
        webhook: {
          conversionReviewVersions: ["v1"],
          clientConfig: { url: `${server.url}/convert`, caBundle: server.caBundle },
        },
      },
    },
  });
  stage.elapse(1_000);
  const { type: _, ...general } = configMaps;
  const row = (version: string): Kind<Gadget> => ({
    ...general,
    group: GROUP,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    subresources: { status: { group: GROUP, version, kind, verbs: ["get", "patch", "update"] } },
  });
  const kinds = { v1: row("v1"), v2: row("v2") };
  for (const each of [kinds.v1, kinds.v2]) {
    await vi.waitFor(() => client.list(each, { namespace: stage.namespace }), {
      timeout: 10_000,
      interval: 50,
    });
  }
  return kinds;
}

interface Request {
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly Gadget[];
}

function requestOf({ document }: Received): Request {
  return document.request as Request;
}

function answerWith(stage: HookStage, answer: (request: Request) => Reply | Document): void {
  stage.server.answer = (received) => {
    const said = answer(requestOf(received));
    if (typeof said === "string" || "document" in said || "text" in said) return said as Reply;
    const response = { uid: requestOf(received).uid, result: { status: "Success" }, ...said };
    return { document: { kind: "ConversionReview", apiVersion: "apiextensions.k8s.io/v1", response } };
  };
}

function convertWith(stage: HookStage, convert: Convert): void {
  answerWith(stage, ({ desiredAPIVersion, objects }) => ({
    convertedObjects: objects.map((object) => convert(object, desiredAPIVersion)),
  }));
}

async function removeGadgets({ client }: HookStage, { v1 }: { readonly v1: Kind }): Promise<void> {
  await client.delete(customResourceDefinitions, undefined, `${v1.plural}.${GROUP}`);
}

function body(kind: Kind, name: string, spec: Document): Document {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name }, spec };
}

function conversionCase(
  name: string,
  run: (stage: HookStage, kinds: { readonly v1: Kind<Gadget>; readonly v2: Kind<Gadget> }) => Promise<void>,
): HookCase {
  return {
    name,
    async run(stage) {
      const kinds = await defineGadgets(stage);
      convertWith(stage, noting);
      try {
        await run(stage, kinds);
      } finally {
        convertWith(stage, noting);
        await removeGadgets(stage, kinds);
      }
    },
  };
}

interface Failure {
  readonly what: string;
  readonly answer: (request: Request) => Reply | Document;
  readonly says: string;
}

const changed = (change: (object: Gadget) => object) => (request: Request) => ({
  convertedObjects: request.objects.map((object) => change(noting(object, request.desiredAPIVersion))),
});

const FAILURES: readonly Failure[] = [
  {
    what: "a failure with a message",
    answer: () => ({ result: { status: "Failure", message: "cannot" } }),
    says: "failed: cannot",
  },
  {
    what: "a failure without a message",
    answer: () => ({ result: { status: "Failure" } }),
    says: "failed: response.result.status was 'Failure', not 'Success'",
  },
  {
    what: "no result",
    answer: () => ({ result: {} }),
    says: "failed: response.result.status was '', not 'Success'",
  },
  {
    what: "too few objects",
    answer: () => ({ convertedObjects: [] }),
    says: "returned 0 objects, expected 1",
  },
  {
    what: "another name",
    answer: changed((object) => ({ ...object, metadata: { ...object.metadata, name: "zz" } })),
    says: "returned invalid object: must have the same name: $NAME != zz",
  },
  {
    what: "another uid",
    answer: changed((object) => ({ ...object, metadata: { ...object.metadata, uid: "zz" } })),
    says: "returned invalid object: must have the same UID: $UID != zz",
  },
  {
    what: "another version",
    answer: changed((object) => ({ ...object, apiVersion: "x.io/v9" })),
    says: `returned invalid object at index 0: invalid groupVersion (expected ${GROUP}/v2, received x.io/v9)`,
  },
  {
    what: "another kind",
    answer: changed((object) => ({ ...object, kind: "Other" })),
    says: "returned invalid object at index 0: invalid kind (expected $KIND, received Other)",
  },
  {
    what: "code 500",
    answer: () => ({ code: 500, text: "boom" }),
    says: 'failed: an error on the server ("unknown") has prevented the request from succeeding',
  },
  {
    what: "no response",
    answer: () => ({ document: { kind: "ConversionReview", apiVersion: "apiextensions.k8s.io/v1" } }),
    says: "failed: no response provided",
  },
  {
    what: "a review of another version",
    answer: () => ({
      document: { kind: "ConversionReview", apiVersion: "apiextensions.k8s.io/v1beta1", response: {} },
    }),
    says: "failed: converting (v1beta1.ConversionReview) to (v1.ConversionReview): unknown conversion",
  },
  {
    what: "a connection that ends",
    answer: () => "hang up",
    says: 'failed: Post "$URL/convert?timeout=30s": EOF',
  },
];

export const conversionCases: readonly HookCase[] = [
  conversionCase(
    "what is stored in one version is read, listed and watched in the other",
    async (stage, { v1, v2 }) => {
      const { client, namespace, server } = stage;
      const made = await client.create(v1, namespace, body(v1, "a", { n: 1 }));
      expect(made.spec).toEqual({ n: 1 });
      const read = await client.get(v2, namespace, "a");
      expect(read).toMatchObject({ apiVersion: `${GROUP}/v2`, spec: { n: 1, via: "v2" } });
      expect(read.metadata).toMatchObject({
        uid: made.metadata.uid,
        resourceVersion: made.metadata.resourceVersion,
      });
      expect(server.received.at(-1)?.document).toMatchObject({
        kind: "ConversionReview",
        apiVersion: "apiextensions.k8s.io/v1",
        request: {
          desiredAPIVersion: `${GROUP}/v2`,
          objects: [{ apiVersion: `${GROUP}/v1`, spec: { n: 1 } }],
        },
      });
      const list = await client.list(v2, { namespace });
      expect(list.items.map(({ spec }) => spec)).toEqual([{ n: 1, via: "v2" }]);
      const heard: unknown[] = [];
      const watch = client.watch(v2, { namespace, resourceVersion: String(list.metadata.resourceVersion) });
      const listening = (async () => {
        for await (const notice of watch) {
          if (notice.type !== "BOOKMARK" && notice.type !== "ERROR")
            heard.push([notice.type, notice.object.spec]);
          if (heard.length === 2) return;
        }
      })();
      await client.create(v1, namespace, body(v1, "b", { n: 2 }));
      await client.patch(v1, namespace, "b", "merge", { spec: { n: 3 } });
      await listening;
      expect(heard).toEqual([
        ["ADDED", { n: 2, via: "v2" }],
        ["MODIFIED", { n: 3, via: "v2" }],
      ]);
    },
  ),
  conversionCase("what is written in one version is stored in the other", async (stage, { v1, v2 }) => {
    const { client, namespace } = stage;
    const made = await client.create(v2, namespace, body(v2, "c", { n: 1 }));
    expect(made).toMatchObject({ apiVersion: `${GROUP}/v2`, spec: { n: 1, via: "v2" } });
    expect((await client.get(v1, namespace, "c")).spec).toEqual({ n: 1, via: "v1" });
    const merged = await client.patch(v2, namespace, "c", "merge", { spec: { m: 2 } });
    expect(merged).toMatchObject({ spec: { n: 1, m: 2, via: "v2" }, metadata: { generation: 2 } });
    const replaced = await client.update(v2, namespace, "c", { ...merged, spec: { n: 4 } } as never);
    expect(replaced.spec).toEqual({ n: 4, via: "v2" });
    const status = { status: { ready: true } };
    const told = await client.patch(v2, namespace, "c", "merge", status, { subresource: "status" });
    expect(told).toMatchObject(status);
    const applied = await client.patch(v2, namespace, "d", "apply", body(v2, "d", { n: 9 }), {
      fieldManager: "me",
    });
    expect(applied.spec).toEqual({ n: 9, via: "v2" });
    await client.delete(v2, namespace, "c");
    const left = await client.list(v1, { namespace });
    expect(left.items.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ["d", { n: 9, via: "v1" }],
    ]);
  }),
  conversionCase(
    "of the metadata only labels and annotations are the webhook's to change",
    async (stage, { v1, v2 }) => {
      const { client, namespace } = stage;
      await client.create(v1, namespace, body(v1, "e", {}));
      convertWith(stage, (object, desired) => {
        const converted = noting(object, desired);
        const metadata = {
          ...converted.metadata,
          labels: { l: "1" },
          annotations: { a: "1" },
          finalizers: ["x/y"],
        };
        return { ...converted, metadata };
      });
      const { metadata } = await client.get(v2, namespace, "e");
      expect(metadata).toMatchObject({ labels: { l: "1" }, annotations: { a: "1" } });
      expect(metadata.finalizers).toBeUndefined();
    },
  ),
  ...FAILURES.map(({ what, answer, says }) =>
    conversionCase(`${what} from a conversion webhook is said to who reads`, async (stage, { v1, v2 }) => {
      const { client, namespace, name, server } = stage;
      const made = await client.create(v1, namespace, body(v1, name, {}));
      answerWith(stage, answer);
      const said = says
        .replace("$URL", server.url)
        .replace("$NAME", name)
        .replace("$UID", made.metadata.uid)
        .replace("$KIND", v1.kind);
      expect(await refusal(client.get(v2, namespace, name))).toMatchObject({
        code: 500,
        message: `conversion webhook for ${GROUP}/v1, Kind=${v1.kind} ${said}`,
      });
    }),
  ),
  conversionCase("what cannot be converted is not written", async (stage, { v1, v2 }) => {
    const { client, namespace } = stage;
    await client.create(v1, namespace, body(v1, "g", {}));
    answerWith(stage, () => ({ result: { status: "Failure", message: "cannot" } }));
    const gvk = (kind: Kind) =>
      `conversion webhook for ${apiVersionOf(kind)}, Kind=${kind.kind} failed: cannot`;
    expect((await refusal(client.create(v2, namespace, body(v2, "f", {})))).message).toBe(gvk(v2));
    expect((await refusal(client.delete(v2, namespace, "g"))).message).toBe(gvk(v1));
  }),
];
