import { POLICY_KINDS } from "../../kube/holdfast-kinds.ts";
import { type Kind, resourceName } from "../../kube/kind.ts";
import { policySchema } from "./policy-schema.ts";

const condition = (type: string) => `.status.conditions[?(@.type=='${type}')].status`;

const COLUMNS = [
  { name: "Tier", type: "integer", jsonPath: ".spec.tier" },
  { name: "Targets", type: "integer", jsonPath: ".status.targets" },
  { name: "As intended", type: "integer", jsonPath: ".status.asIntended" },
  { name: "Applied", type: "string", jsonPath: condition("Applied") },
  { name: "Verified", type: "string", jsonPath: condition("Verified") },
  { name: "Revision", type: "integer", jsonPath: ".status.revision", priority: 1 },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
] as const;

/** The CustomResourceDefinitions of both kinds of policy, as they stand in `deploy/crds/`. */
export function policyDefinitions() {
  return POLICY_KINDS.map(definitionOf);
}

function definitionOf(kind: Kind) {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: resourceName(kind) },
    spec: {
      group: kind.group,
      scope: kind.namespaced ? "Namespaced" : "Cluster",
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: kind.shortNames,
        categories: kind.categories,
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: policySchema(kind.namespaced) },
          subresources: { status: {} },
          additionalPrinterColumns: COLUMNS,
        },
      ],
    },
  };
}
