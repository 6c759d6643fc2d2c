import { describe, expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import type { Body } from "../../client/client.ts";
import type { StructuralSchema } from "../../kube/custom/structural-schema.ts";
import type { Kind } from "../../kube/kind.ts";
import { customResourceDefinitions } from "../../kube/kinds.ts";
import { StatusError } from "../../kube/status-error.ts";
import { type LooseObject, loose } from "./loose.ts";
import type { Caller } from "./server.ts";

// What is refused, and in which words, is recorded from kube-apiserver 1.34.4.

const CALLER: Caller = { user: { name: "test", groups: [] }, agent: "test" };

const SPEC: StructuralSchema = {
  type: "object",
  required: ["must"],
  properties: {
    must: { type: "string" },
    int: { type: "integer", minimum: 1, maximum: 5 },
    num: { type: "number", multipleOf: 0.5, exclusiveMinimum: true, minimum: 0 },
    str: { type: "string", minLength: 2, maxLength: 4, pattern: "^[a-z]*$" },
    en: { type: "string", enum: ["a", "b"] },
    list: {
      type: "array",
      minItems: 1,
      maxItems: 2,
      items: {
        type: "object",
        required: ["name"],
        properties: { name: { type: "string" }, v: { type: "integer", default: 7 } },
      },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
    },
    set: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
    map: { type: "object", minProperties: 1, maxProperties: 2, additionalProperties: { type: "string" } },
    any: { "x-kubernetes-preserve-unknown-fields": true },
    obj: {
      type: "object",
      default: {},
      properties: { d: { type: "string", default: "dd" }, n: { type: "string", nullable: true } },
    },
    ios: { "x-kubernetes-int-or-string": true },
    one: {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "string" } },
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
    },
    anyof: { type: "integer", anyOf: [{ minimum: 10 }, { maximum: 2 }] },
    no: { type: "string", not: { enum: ["x"] } },
    all: { type: "string", allOf: [{ minLength: 2 }, { pattern: "^a" }] },
    date: { type: "string", format: "date-time" },
    emb: {
      type: "object",
      "x-kubernetes-embedded-resource": true,
      "x-kubernetes-preserve-unknown-fields": true,
    },
  },
};

function start(subresources: object = {}) {
  const base = testApi();
  const { api, engine, server } = base;
  const schema = {
    openAPIV3Schema: {
      type: "object",
      properties: { spec: SPEC, status: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
    },
  };
  api.create(customResourceDefinitions, {
    metadata: { name: "foos.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "foos", kind: "Foo" },
      versions: [
        { name: "v1", served: true, storage: true, schema, subresources },
        { name: "v2", served: true, storage: false, schema },
      ],
    },
  });
  engine.runFor(100);
  const kind = server.kinds.find("example.com/v1", "Foo") as Kind;
  const target = { kind, namespace: "default" };
  const create = (
    spec: object,
    fieldValidation: "Strict" | "Warn" = "Warn",
    warn?: (text: string) => void,
  ) => {
    const body = { apiVersion: "example.com/v1", kind: "Foo", metadata: { name: "x" }, spec };
    const caller = warn === undefined ? CALLER : { ...CALLER, warn };
    return loose(server.create(caller, target, body, { fieldValidation }));
  };
  const patch = (body: Body, subresource?: string) => {
    const place = { ...target, name: "x", ...(subresource === undefined ? {} : { subresource }) };
    return loose(server.patch(CALLER, place, "merge", body).object);
  };
  return { ...base, kind, target, create, patch };
}

function refusalOf(act: () => unknown): StatusError {
  try {
    act();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("Nothing was refused");
}

describe("a definition", () => {
  test("is accepted, established and served within moments", () => {
    const { api, server } = start();
    const { status } = loose(
      api.get(customResourceDefinitions, undefined, "foos.example.com") as unknown as LooseObject,
    );
    expect(status).toMatchObject({
      acceptedNames: { plural: "foos", singular: "foo", kind: "Foo", listKind: "FooList" },
      storedVersions: ["v1"],
      conditions: [
        { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" },
        {
          type: "Established",
          status: "True",
          reason: "InitialNamesAccepted",
          message: "the initial names have been accepted",
        },
      ],
    });
    expect(server.kinds.findResource("example.com", "v2", "foos")).toBeDefined();
  });

  test("that changes is served as it is now", () => {
    const { api, server } = start();
    let changes = 0;
    server.kinds.onChange(() => changes++);
    const definition = api.get(customResourceDefinitions, undefined, "foos.example.com");
    if (definition === undefined) throw new Error("There is no definition");
    const [v1, v2] = definition.spec.versions;
    if (v1 === undefined || v2 === undefined) throw new Error("Versions are missing");
    const versions = [v1, { ...v2, served: false }];
    api.update(customResourceDefinitions, { ...definition, spec: { ...definition.spec, versions } });
    expect(changes).toBe(1);
    expect(server.kinds.findResource("example.com", "v2", "foos")).toBeUndefined();
  });
});

describe("a custom object", () => {
  test("is completed by its schema: defaults come, nulls that may not be go", () => {
    const { spec } = start().create({
      must: "x",
      int: null,
      list: [{ name: "a" }],
      obj: { d: null, n: null },
    });
    expect(spec).toEqual({ must: "x", list: [{ name: "a", v: 7 }], obj: { d: "dd", n: null } });
  });

  test("loses fields that nobody knows, with a warning for each in order of path", () => {
    const warnings: string[] = [];
    const given = { must: "x", unknown: 1, obj: { zz: 1 }, list: [{ name: "a", q: 1 }], any: { free: [1] } };
    const { spec } = start().create(given, "Warn", (text) => warnings.push(text));
    expect(spec).toEqual({ must: "x", obj: { d: "dd" }, list: [{ name: "a", v: 7 }], any: { free: [1] } });
    expect(warnings).toEqual([
      'unknown field "spec.list[0].q"',
      'unknown field "spec.obj.zz"',
      'unknown field "spec.unknown"',
    ]);
  });

  test("is refused for them when asked to be strict", () => {
    expect(refusalOf(() => start().create({ must: "x", unknown: 1 }, "Strict")).message).toBe(
      'Foo in version "v1" cannot be handled as a Foo: strict decoding error: unknown field "spec.unknown"',
    );
  });

  test.each([
    { spec: {}, why: "spec.must: Required value" },
    {
      spec: { must: 5 },
      why: 'spec.must: Invalid value: "integer": spec.must in body must be of type string: "integer"',
    },
    {
      spec: { int: 0 },
      why: "spec.int: Invalid value: 0: spec.int in body should be greater than or equal to 1",
    },
    {
      spec: { int: 9 },
      why: "spec.int: Invalid value: 9: spec.int in body should be less than or equal to 5",
    },
    {
      spec: { int: 1.5 },
      why: 'spec.int: Invalid value: "number": spec.int in body must be of type integer: "number"',
    },
    { spec: { num: 0.7 }, why: "spec.num: Invalid value: 0.7: spec.num in body should be a multiple of 0.5" },
    {
      spec: { str: "a" },
      why: 'spec.str: Invalid value: "a": spec.str in body should be at least 2 chars long',
    },
    { spec: { str: "abcde" }, why: "spec.str: Too long: may not be more than 4 bytes" },
    { spec: { str: "AB" }, why: `spec.str: Invalid value: "AB": spec.str in body should match '^[a-z]*$'` },
    { spec: { en: "c" }, why: 'spec.en: Unsupported value: "c": supported values: "a", "b"' },
    {
      spec: { list: [] },
      why: "spec.list: Invalid value: 0: spec.list in body should have at least 1 items",
    },
    {
      spec: { list: [{ name: "a" }, { name: "b" }, { name: "c" }] },
      why: "spec.list: Too many: 3: must have at most 2 items",
    },
    { spec: { list: [{ name: "a" }, { name: "a" }] }, why: 'spec.list[1]: Duplicate value: {"name":"a"}' },
    { spec: { list: [{}] }, why: "spec.list[0].name: Required value" },
    {
      spec: { list: ["a"] },
      why: '[spec.list[0]: Invalid value: "string": spec.list[0] in body must be of type object: "string", spec.list[0]: Invalid value: "a": must be an object for an array of list-type map]',
    },
    { spec: { set: ["a", "a"] }, why: 'spec.set[1]: Duplicate value: "a"' },
    {
      spec: { map: {} },
      why: "spec.map: Invalid value: 0: spec.map in body should have at least 1 properties",
    },
    { spec: { map: { a: "1", b: "2", c: "3" } }, why: "spec.map: Too many: 3: must have at most 2 items" },
    {
      spec: { map: { a: 1 } },
      why: 'spec.map.a: Invalid value: "integer": spec.map.a in body must be of type string: "integer"',
    },
    {
      spec: { ios: true },
      why: 'spec.ios: Invalid value: "boolean": spec.ios in body must be of type integer,string: "boolean"',
    },
    {
      spec: { one: {} },
      why: '[<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found none valid, spec.one.a: Required value]',
    },
    {
      spec: { one: { a: "1", b: "2" } },
      why: '<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    },
    {
      spec: { anyof: 5 },
      why: '[<nil>: Invalid value: "": "spec.anyof" must validate at least one schema (anyOf), spec.anyof: Invalid value: 5: spec.anyof in body should be greater than or equal to 10]',
    },
    { spec: { no: "x" }, why: '<nil>: Invalid value: "": "spec.no" must not validate the schema (not)' },
    {
      spec: { all: "b" },
      why: `[spec.all: Invalid value: "b": spec.all in body should be at least 2 chars long, spec.all: Invalid value: "b": spec.all in body should match '^a', <nil>: Invalid value: "": "spec.all" must validate all the schemas (allOf). None validated]`,
    },
    {
      spec: { date: "yesterday" },
      why: 'spec.date: Invalid value: "yesterday": spec.date in body must be of type date-time: "yesterday"',
    },
    { spec: { emb: { a: 1 } }, why: "[spec.emb.apiVersion: Required value, spec.emb.kind: Required value]" },
  ])("is refused with $spec", ({ spec, why }) => {
    const given = Object.keys(spec).length === 0 || "must" in spec ? spec : { must: "x", ...spec };
    expect(refusalOf(() => start().create(given)).message).toBe(`Foo.example.com "x" is invalid: ${why}`);
  });

  test("may keep what a stricter schema no longer allows, as long as nobody touches it", () => {
    const { api, create, patch } = start();
    create({ must: "x", en: "a" });
    const definition = api.get(customResourceDefinitions, undefined, "foos.example.com");
    const text = JSON.stringify(definition).replaceAll('["a","b"]', '["b"]');
    api.update(customResourceDefinitions, JSON.parse(text) as NonNullable<typeof definition>);
    expect(patch({ spec: { int: 3 } }).spec).toMatchObject({ en: "a", int: 3 });
    expect(refusalOf(() => patch({ spec: { en: "c" } })).message).toContain("spec.en: Unsupported value");
  });

  test.each([
    {
      name: "another kind",
      body: { apiVersion: "example.com/v1", kind: "Bar", metadata: { name: "x" } },
      why: 'Bar.example.com "x" is invalid: kind: Invalid value: "Bar": must be Foo',
    },
    {
      name: "another version",
      body: { apiVersion: "q/v1", kind: "Foo", metadata: { name: "x" } },
      why: "the API version in the data (q/v1) does not match the expected API version (example.com/v1)",
    },
    {
      name: "no kind",
      body: { metadata: { name: "x" } },
      why: `the object provided is unrecognized (must be of type Foo): Object 'Kind' is missing in '{"metadata":{"name":"x"}}' ({"metadata":{"name":"x"}})`,
    },
  ])("of $name is refused", ({ body, why }) => {
    const { server, target } = start();
    expect(refusalOf(() => server.create(CALLER, target, body, { fieldValidation: "Warn" })).message).toBe(
      why,
    );
  });
});

describe("a custom object's generation", () => {
  test("counts every change outside metadata and status, where status is a subresource", () => {
    const { create, patch } = start({ status: {} });
    const made = create({ must: "x" });
    expect([made.metadata.generation, made.status]).toEqual([1, undefined]);
    expect(patch({ metadata: { labels: { a: "b" } } }).metadata.generation).toBe(1);
    expect(patch({ status: { x: 1 } })).toMatchObject({ metadata: { generation: 1 } });
    expect(patch({ spec: { int: 2 } }).metadata.generation).toBe(2);
    const reported = patch(
      { metadata: { labels: { a: "c" } }, spec: { int: 3 }, status: { x: 1 } },
      "status",
    );
    expect(reported).toMatchObject({
      metadata: { generation: 2, labels: { a: "b" } },
      spec: { int: 2 },
      status: { x: 1 },
    });
  });
});

test("a custom kind may have a scale, at the paths that its definition names", () => {
  const paths = { specReplicasPath: ".spec.int", statusReplicasPath: ".status.ready" };
  const { create, patch, server, target } = start({ status: {}, scale: paths });
  create({ must: "x", int: 2 });
  patch({ status: { ready: 1 } }, "status");
  const scale = { ...target, name: "x", subresource: "scale" };
  expect(server.get(CALLER, scale)).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 1 } });
  patch({ spec: { replicas: 4 } }, "scale");
  expect(server.get(CALLER, { ...target, name: "x" })).toMatchObject({ spec: { int: 4 } });
});

test("objects can be read in every served version, and are applied item by item", () => {
  const { create, server, target, kind } = start();
  create({ must: "x", list: [{ name: "a", v: 1 }] });
  const v2 = server.kinds.find("example.com/v2", "Foo") as Kind;
  expect(server.get(CALLER, { ...target, kind: v2, name: "x" }).apiVersion).toBe("example.com/v2");
  const applied = { apiVersion: "example.com/v1", kind: "Foo", metadata: { name: "x" } };
  const spec = { must: "x", list: [{ name: "b", v: 2 }] };
  const { object } = server.patch(
    CALLER,
    { ...target, kind, name: "x" },
    "apply",
    { ...applied, spec },
    { fieldManager: "m" },
  );
  expect(loose(object).spec?.list).toEqual([
    { name: "a", v: 1 },
    { name: "b", v: 2 },
  ]);
});
