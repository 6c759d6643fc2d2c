/** A custom kind to be bad to: a schema with rules of every sort, status and scale. */
import type { Kind } from "../../src/kube/kind.ts";
import type { Json } from "./random-json.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;

export const WIDGETS: Kind = {
  group: "requests.holdfast.dev",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  singular: "widget",
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [...VERBS],
  subresources: {},
};

export const WIDGET_DEFINITION: Json = {
  metadata: { name: "widgets.requests.holdfast.dev" },
  spec: {
    group: WIDGETS.group,
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" },
        },
        additionalPrinterColumns: [{ name: "Size", type: "string", jsonPath: ".spec.size" }],
        schema: {
          openAPIV3Schema: {
            type: "object",
            required: ["spec"],
            properties: {
              spec: {
                type: "object",
                properties: {
                  size: { type: "string", pattern: "^[a-z]+$", maxLength: 9 },
                  replicas: { type: "integer", minimum: 0, default: 1 },
                  ratio: { type: "number" },
                  list: {
                    type: "array",
                    items: { type: "object", properties: { k: { type: "string" } }, required: ["k"] },
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["k"],
                  },
                  map: { type: "object", additionalProperties: { type: "string" } },
                  free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
                  either: { "x-kubernetes-int-or-string": true },
                },
              },
              status: { type: "object", properties: { replicas: { type: "integer" } } },
            },
          },
        },
      },
    ],
  },
};

export const WIDGET: Json = {
  apiVersion: "requests.holdfast.dev/v1",
  kind: "Widget",
  metadata: { name: "a", labels: { a: "b" } },
  spec: {
    size: "big",
    replicas: 2,
    ratio: 0.5,
    list: [{ k: "a" }, { k: "b" }],
    map: { a: "b" },
    free: { a: { b: [1, "2", null] } },
    either: "50%",
  },
};
