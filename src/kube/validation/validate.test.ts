import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { damagedObject, strangeJson } from "../../../test/support/damaged-objects.ts";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { deepFreeze } from "../../base/deep.ts";
import { loadCel } from "../cel/loader.ts";
import { completeObject } from "../defaults/complete.ts";
import { configMaps, deployments, KINDS, pods, secrets } from "../kinds.ts";
import { checkFields } from "../schema/check-fields.ts";
import { invalidError, invalidMessage, validateCreate, validateUpdate } from "./validate.ts";

describe("the message of an invalid object", () => {
  const a = { field: "spec.a", reason: "FieldValueRequired", message: "Required value" };
  const b = { field: "spec.b", reason: "FieldValueForbidden", message: "Forbidden: not now" };

  test("tells a single cause as it is", () => {
    expect(invalidMessage(deployments, "web", [a])).toBe(
      'Deployment.apps "web" is invalid: spec.a: Required value',
    );
  });

  test("puts several causes in brackets, equal ones once", () => {
    expect(invalidMessage(pods, "web", [a, b, a])).toBe(
      'Pod "web" is invalid: [spec.a: Required value, spec.b: Forbidden: not now]',
    );
  });

  test("comes in a status with every cause", () => {
    expect(invalidError(deployments, "web", [a, a])).toMatchObject({
      reason: "Invalid",
      code: 422,
      details: { name: "web", group: "apps", kind: "Deployment", causes: [a, a] },
    });
  });
});

describe("objects that are too large", () => {
  const ofSize = (bytes: number) => "x".repeat(bytes);

  test.each([
    { name: "annotations of 256 KiB", bytes: 256 * 1024 - 1, causes: [] },
    {
      name: "annotations of more",
      bytes: 256 * 1024,
      causes: ["metadata.annotations: Too long: may not be more than 262144 bytes"],
    },
  ])("$name", ({ bytes, causes }) => {
    const metadata = { name: "c", namespace: "shop", annotations: { a: ofSize(bytes) } };
    expect(sentences(validateCreate(configMaps, completeObject(configMaps, { metadata })))).toEqual(causes);
  });

  test.each([
    { name: "1 MiB of texts", texts: 1024 * 1024, bytes: 0, causes: [] },
    { name: "a byte more", texts: 1024 * 1024, bytes: 1, causes: [TOO_LONG] },
    { name: "1 MiB of bytes", texts: 0, bytes: 1024 * 1024, causes: [] },
    { name: "bytes and texts together", texts: 1024 * 1024 - 2, bytes: 3, causes: [TOO_LONG] },
  ])("a ConfigMap with $name", ({ texts, bytes, causes }) => {
    const object = {
      metadata: { name: "c", namespace: "shop" },
      data: { a: ofSize(texts) },
      binaryData: { b: Buffer.alloc(bytes).toString("base64") },
    };
    expect(sentences(validateCreate(configMaps, completeObject(configMaps, object)))).toEqual(causes);
  });

  test("a Secret is measured in bytes, not in base64", () => {
    const secret = (bytes: number) => ({
      metadata: { name: "s", namespace: "shop" },
      data: { a: Buffer.alloc(bytes).toString("base64") },
    });
    const judge = (bytes: number) =>
      sentences(validateCreate(secrets, completeObject(secrets, secret(bytes))));
    expect(judge(1024 * 1024)).toEqual([]);
    expect(judge(1024 * 1024 + 1)).toEqual(["data: Too long: may not be more than 1048576 bytes"]);
  });
});

const TOO_LONG = "[]: Too long: may not be more than 1048576 bytes";

function sentences(causes: readonly { readonly field?: string; readonly message?: string }[]): string[] {
  return causes.map(({ field, message }) => `${field}: ${message}`);
}

test("a bad prefix is told beside the bad name that came of it", () => {
  const metadata = { generateName: "Web_", name: "Web_x7k2p", namespace: "shop" };
  const causes = validateCreate(configMaps, completeObject(configMaps, { metadata }));
  expect(causes.map(({ field }) => field)).toEqual(["metadata.generateName", "metadata.name"]);
});

test("a prefix may end in a hyphen", () => {
  const metadata = { generateName: "web-", name: "web-x7k2p", namespace: "shop" };
  expect(validateCreate(configMaps, completeObject(configMaps, { metadata }))).toEqual([]);
});

describe("an update", () => {
  /** Once stored, an object may stay as bad as it was: rules get stricter from version to version. */
  const stored = deepFreeze(
    completeObject(pods, {
      metadata: { name: "p", namespace: "shop", resourceVersion: "1", uid: "u" },
      spec: { containers: [{ name: "Not_A_Label", image: "x", env: [{ name: "" }] }] },
    }),
  );

  test("does not look again at a spec that is shared with the old object", () => {
    const next = { ...stored, status: { phase: "Running" } };
    expect(validateCreate(pods, next)).not.toEqual([]);
    expect(validateUpdate(pods, next, stored)).toEqual([]);
  });

  test("cannot change who an object is", () => {
    const next = { ...stored, metadata: { ...stored.metadata, name: "q", uid: "v" } };
    expect(sentences(validateUpdate(pods, next, stored))).toContain(
      'metadata.name: Invalid value: "q": field is immutable',
    );
  });
});

describe("of a custom kind the metadata is judged", () => {
  const shops = { group: "example.com", version: "v1", kind: "Shop", namespaced: true };

  test.each([
    { name: "a good one", metadata: { name: "s", namespace: "shop" }, causes: [] },
    {
      name: "no namespace",
      metadata: { name: "s" },
      causes: ["metadata.namespace: Required value"],
    },
    {
      name: "a number for labels",
      metadata: { name: "s", namespace: "shop", labels: 5 },
      causes: ["metadata.labels: Invalid value: 5: must be of type object"],
    },
  ])("$name", ({ metadata, causes }) => {
    expect(sentences(validateCreate(shops, { metadata, spec: { anything: true } }))).toEqual(causes);
  });
});

describe("nothing throws", () => {
  beforeAll(loadCel);
  test("for an object with damages", () => {
    assertProperty(
      fc.property(damagedObject(), ({ kind, whole, damaged }) => {
        const [before, after] = [completeObject(kind, whole), completeObject(kind, damaged)];
        validateCreate(kind, damaged);
        validateCreate(kind, after);
        validateUpdate(kind, damaged, before);
        validateUpdate(kind, after, before);
        // What is stored was decoded, but may be as wrong as the rules of its time allowed.
        if (checkFields(kind, damaged).error === undefined) validateUpdate(kind, before, after);
      }),
    );
  });

  test("for any JSON", () => {
    assertProperty(
      fc.property(fc.constantFrom(...KINDS), strangeJson(), (kind, json) => {
        validateCreate(kind, json);
        validateCreate(kind, completeObject(kind, json));
      }),
    );
  });
});
