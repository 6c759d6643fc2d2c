import { describe, expect, test } from "vitest";
import { deleteParameters, listQuery, patchParameters, watchQuery, writeParameters } from "./parameters.ts";

const query = (text: string) => new URLSearchParams(text);
const body = (value?: object) => ({
  bytes: Buffer.from(value === undefined ? "" : JSON.stringify(value)),
  contentType: "application/json",
});

describe("lists", () => {
  test("take selectors, pages and moments; empty values count as none", () => {
    const text =
      "labelSelector=a%3Db&fieldSelector=&limit=5&continue=x&resourceVersion=7&resourceVersionMatch=Exact";
    expect(listQuery(query(text), "shop")).toEqual({
      namespace: "shop",
      labelSelector: "a=b",
      limit: 5,
      continue: "x",
      resourceVersion: "7",
      resourceVersionMatch: "Exact",
    });
  });

  test.each(["limit=x", "timeoutSeconds=1.5"])("refuse %s", (text) => {
    expect(() => listQuery(query(text), undefined)).toThrow(
      /^strconv.ParseInt: parsing ".*": invalid syntax$/,
    );
  });
});

describe("watches", () => {
  const timing = { defaultSeconds: 1800, secondsPerSecond: 10 };

  test("last as long as the client asks, by the client's clock", () => {
    expect(watchQuery(query("timeoutSeconds=30"), {}, timing).timeoutSeconds).toBe(300);
    expect(watchQuery(query(""), {}, timing).timeoutSeconds).toBe(18_000);
    expect(watchQuery(query("timeoutSeconds=0"), {}, timing).timeoutSeconds).toBe(18_000);
  });

  test("of one object select it by name", () => {
    expect(
      watchQuery(query("fieldSelector=status.phase%3DRunning"), { namespace: "shop", name: "cart" }, timing),
    ).toMatchObject({
      namespace: "shop",
      fieldSelector: "metadata.name=cart,status.phase=Running",
    });
  });

  test.each([
    { text: "sendInitialEvents=true", value: true },
    { text: "sendInitialEvents=false", value: false },
    { text: "sendInitialEvents", value: true },
    { text: "", value: undefined },
  ])("read '$text'", ({ text, value }) => {
    expect(watchQuery(query(text), {}, timing).sendInitialEvents).toBe(value);
  });
});

describe("writes", () => {
  test("are checked with warnings unless told otherwise", () => {
    expect(writeParameters("CreateOptions", query("fieldManager=me"))).toEqual({
      fieldManager: "me",
      fieldValidation: "Warn",
    });
    expect(
      writeParameters("CreateOptions", query("dryRun=All&fieldValidation=Strict"), { issues: ["twice"] }),
    ).toEqual({
      dryRun: true,
      fieldValidation: "Strict",
      decodeIssues: ["twice"],
    });
    expect(patchParameters(query("force=true"))).toMatchObject({ force: true });
  });

  test.each([
    {
      text: "fieldValidation=Bad",
      message:
        'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Bad": supported values: "", "Ignore", "Strict", "Warn"',
    },
    {
      text: "dryRun=Some",
      message:
        'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    },
    {
      text: `fieldManager=${"x".repeat(129)}`,
      message:
        'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    },
  ])("refuse $text", ({ text, message }) => {
    expect(() => writeParameters("CreateOptions", query(text))).toThrow(
      expect.objectContaining({ reason: "Invalid", message }),
    );
  });
});

describe("deletions", () => {
  test("are told by the body where there is one, and by the query otherwise", () => {
    const text = query("gracePeriodSeconds=5&propagationPolicy=Orphan&dryRun=All");
    expect(deleteParameters(text, body())).toEqual({
      gracePeriodSeconds: 5,
      propagationPolicy: "Orphan",
      dryRun: true,
    });
    const options = {
      kind: "DeleteOptions",
      apiVersion: "v1",
      gracePeriodSeconds: 0,
      preconditions: { uid: "u" },
      more: 1,
    };
    expect(deleteParameters(text, body(options))).toEqual({
      gracePeriodSeconds: 0,
      preconditions: { uid: "u" },
    });
  });

  test.each([
    {
      name: "a policy that is none",
      options: { propagationPolicy: "Bad" },
      message:
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Bad": supported values: "Foreground", "Background", "Orphan", "nil"',
    },
    {
      name: "two policies",
      options: { propagationPolicy: "Orphan", orphanDependents: false },
      message:
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    },
    {
      name: "another kind",
      options: { kind: "Pod", apiVersion: "v1" },
      message: 'no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:110"',
    },
    {
      name: "a text for a number",
      options: { gracePeriodSeconds: "5" },
      message:
        "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
    },
  ])("refuse $name", ({ options, message }) => {
    expect(() => deleteParameters(query(""), body(options))).toThrow(expect.objectContaining({ message }));
  });
});
