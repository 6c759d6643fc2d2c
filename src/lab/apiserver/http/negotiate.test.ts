import { describe, expect, test } from "vitest";
import { StatusError } from "../../../kube/status-error.ts";
import { negotiate, negotiateStream, parseAccept } from "./negotiate.ts";

const asking = (accept?: string, userAgent = "kubectl/v1.34.4", pretty: string | null = null) => ({
  accept,
  userAgent,
  pretty,
});
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

describe("the form of what has no table", () => {
  test("is the next that the client takes", () => {
    expect(negotiate(asking(`${TABLE},application/json`), false)).toEqual({ format: "json", pretty: false });
  });

  test("is none for a client that takes nothing else", () => {
    expect(() => negotiate(asking(TABLE), false)).toThrow("only the following media types are accepted");
  });
});

describe("the form of an object", () => {
  test.each([
    { name: "JSON when nothing is asked for", accept: undefined, form: { format: "json" } },
    { name: "JSON for anything", accept: "*/*", form: { format: "json" } },
    { name: "YAML", accept: "application/yaml", form: { format: "yaml" } },
    {
      name: "a Table, as kubectl asks",
      accept: `${TABLE},application/json`,
      form: { format: "json", as: "Table", version: "v1" },
    },
    {
      name: "a Table in the version before, which is still served",
      accept: "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json",
      form: { format: "json", as: "Table", version: "v1beta1" },
    },
    {
      name: "a Table in a version that there never was falls through",
      accept: "application/json;as=Table;v=v3;g=meta.k8s.io,application/json",
      form: { format: "json" },
    },
    {
      name: "JSON behind protobuf, which is not offered",
      accept: "application/vnd.kubernetes.protobuf, application/json",
      form: { format: "json" },
    },
    {
      name: "what is wanted most",
      accept: "application/json;q=0.5,application/yaml;q=0.9",
      form: { format: "yaml" },
    },
  ])("is $name", ({ accept, form }) => {
    expect(negotiate(asking(accept))).toEqual({ pretty: false, ...form });
  });

  test.each(["text/html", "application/vnd.kubernetes.protobuf", `${TABLE.replace("v1", "v3")}`])(
    "%s cannot be given",
    (accept) => {
      const ask = () => negotiate(asking(accept));
      expect(ask).toThrow(StatusError);
      expect(ask).toThrow("only the following media types are accepted: application/json, application/yaml");
    },
  );

  test.each([
    { name: "curl gets it indented", agent: "curl/8.0", pretty: null, indented: true },
    { name: "curl may refuse that", agent: "curl/8.0", pretty: "false", indented: false },
    { name: "others may ask for it", agent: "kubectl/v1.34.4", pretty: "true", indented: true },
    { name: "others do not get it unasked", agent: "kubectl/v1.34.4", pretty: null, indented: false },
  ])("$name", ({ agent, pretty, indented }) => {
    expect(negotiate(asking("application/json", agent, pretty)).pretty).toBe(indented);
  });
});

describe("the form of a watch", () => {
  test("is JSON, asked for as such or as a stream", () => {
    expect(negotiateStream(asking("application/json;stream=watch")).format).toBe("json");
    expect(negotiateStream(asking(`${TABLE},application/json`)).as).toBe("Table");
  });
  test("is never YAML", () => {
    expect(() => negotiateStream(asking("application/yaml"))).toThrow("application/json;stream=watch");
  });
});

test("a clause refused with q=0 is left out", () => {
  expect(parseAccept("application/json;q=0, application/yaml").map((c) => c.subtype)).toEqual(["yaml"]);
});
