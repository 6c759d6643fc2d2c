import type { Kind } from "../../src/kube/kind.ts";
import { customResourceDefinitions } from "../../src/kube/kinds.ts";
import type { KubeObject } from "../../src/kube/types/index.ts";
import type { TestApi } from "./api.ts";

/** An object of the custom kind that `defineGroves` brings. */
export interface Grove extends KubeObject {
  readonly spec?: { readonly trees?: number };
  readonly status?: { readonly trees?: number; readonly selector?: string };
}

/** Has the API server serve groves.example.com/v1, whose scale is their number of trees, and gives that kind. */
export function defineGroves({ api, engine, server }: TestApi): Kind<Grove> {
  api.create(customResourceDefinitions, {
    metadata: { name: "groves.example.com" },
    spec: {
      group: "example.com",
      names: { plural: "groves", singular: "grove", kind: "Grove", listKind: "GroveList" },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: { type: "object", properties: { trees: { type: "integer" } } },
                status: {
                  type: "object",
                  properties: { trees: { type: "integer" }, selector: { type: "string" } },
                },
              },
            },
          },
          subresources: {
            scale: {
              specReplicasPath: ".spec.trees",
              statusReplicasPath: ".status.trees",
              labelSelectorPath: ".status.selector",
            },
          },
        },
      ],
    },
  });
  engine.runFor(1_000);
  const kind = server.kinds.find("example.com/v1", "Grove");
  if (kind === undefined) throw new Error("Groves are not served");
  return kind as Kind<Grove>;
}
