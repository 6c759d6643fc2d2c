/**
 * What may stand in a policy, and what contradicts itself: the one source of the definitions in `deploy/crds/` and of what a policy
 * in a file is judged by before any cluster sees it.
 */
import type { StructuralSchema, ValidationRule } from "../../kube/custom/structural-schema.ts";

const text = (description: string, more: Partial<StructuralSchema> = {}) =>
  ({ type: "string", maxLength: 253, description, ...more }) as StructuralSchema;
const whole = (description: string, minimum: number, maximum: number) =>
  ({ type: "integer", format: "int32", minimum, maximum, description }) as StructuralSchema;
const fields = (
  description: string,
  properties: Readonly<Record<string, StructuralSchema>>,
  rules: readonly ValidationRule[] = [],
) =>
  ({
    type: "object",
    description,
    properties,
    ...(rules.length > 0 && { "x-kubernetes-validations": rules }),
  }) as StructuralSchema;
const oneOf = (description: string, ...values: readonly string[]) =>
  ({ type: "string", enum: values, description }) as StructuralSchema;

const LABELS: StructuralSchema = {
  type: "object",
  maxProperties: 20,
  additionalProperties: { type: "string", maxLength: 63 },
};

const SELECTOR = fields(
  "Labels of the workload itself.",
  {
    matchLabels: LABELS,
    matchExpressions: {
      type: "array",
      maxItems: 20,
      "x-kubernetes-list-type": "atomic",
      items: {
        type: "object",
        required: ["key", "operator"],
        properties: {
          key: { type: "string", maxLength: 317 },
          operator: { type: "string", enum: ["In", "NotIn", "Exists", "DoesNotExist"] },
          values: {
            type: "array",
            maxItems: 20,
            "x-kubernetes-list-type": "atomic",
            items: { type: "string", maxLength: 63 },
          },
        },
      },
    },
  },
  [
    {
      rule: "has(self.matchLabels) || has(self.matchExpressions)",
      message:
        "an empty selector would mean every workload; say matchLabels or matchExpressions, or leave it out",
    },
  ],
);

function target(namespaced: boolean): StructuralSchema {
  const named = ["kind", ...(namespaced ? [] : ["namespace"]), "name", "selector"];
  return fields(
    "Workloads that meet all that is said here.",
    {
      kind: oneOf("Both kinds when absent.", "Deployment", "StatefulSet"),
      ...(namespaced ? {} : { namespace: text("All namespaces when absent.") }),
      name: text("Name of one workload."),
      selector: SELECTOR,
    },
    [
      {
        // "namespace" is a word of CEL itself, and is escaped.
        rule: named.map((name) => `has(self.${name === "namespace" ? "__namespace__" : name})`).join(" || "),
        message: `an empty target would mean every workload; say ${named.join(", ")} or several of them`,
      },
      {
        rule: "!(has(self.name) && has(self.selector))",
        message: "name means one workload and selector means several; say one of the two",
      },
    ],
  );
}

const QUANTITY = "^[0-9]+(\\.[0-9]+)?(m|[kMGTPE]i?)?$";

const AMOUNTS = (description: string) =>
  fields(description, {
    cpu: text("Such as 100m or 2.", { pattern: QUANTITY, maxLength: 20 }),
    memory: text("Such as 256Mi.", { pattern: QUANTITY, maxLength: 20 }),
  });

const notAbove = (name: string): ValidationRule => ({
  rule: `!has(self.requests) || !has(self.requests.${name}) || !has(self.limits) || !has(self.limits.${name}) || quantity(self.requests.${name}).compareTo(quantity(self.limits.${name})) <= 0`,
  messageExpression: `'a request of ' + self.requests.${name} + ' ${name} is above its limit; the nearest limit is ' + self.requests.${name}`,
});

const STRENGTHS = ["Required", "Preferred", "Off"] as const;

/** `spec` of both kinds; a policy of a namespace names none in its targets. */
function specSchema(namespaced: boolean): StructuralSchema {
  return {
    ...fields(
      "What the targets shall be like. The tier decides every field that is absent.",
      {
        tier: {
          type: "integer",
          format: "int32",
          enum: [1, 2, 3],
          default: 2,
          description:
            "1: must not be down. 2: survives the loss of any one node. 3: may be down while it starts anew elsewhere.",
        } as StructuralSchema,
        targets: {
          type: "array",
          minItems: 1,
          maxItems: 100,
          "x-kubernetes-list-type": "atomic",
          description: "Each workload that meets one of these.",
          items: target(namespaced),
        } as StructuralSchema,
        replicas: whole("At least so many; a workload that runs more keeps them.", 1, 1000),
        spread: fields("What keeps the copies apart.", {
          nodes: oneOf("Different nodes.", ...STRENGTHS),
          zones: oneOf("Different zones, where the eligible nodes are in several.", ...STRENGTHS),
        }),
        rollout: fields(
          "How pods follow each other in an update; worked out from the eligible nodes when absent.",
          {
            maxSurge: whole("Pods above the wanted number.", 0, 1000),
            maxUnavailable: whole("Pods below the wanted number.", 0, 1000),
          },
          [
            {
              rule: "!(has(self.maxSurge) && has(self.maxUnavailable) && self.maxSurge == 0 && self.maxUnavailable == 0)",
              message:
                "with neither a pod more nor a pod less no update could begin; the nearest is maxUnavailable: 1",
            },
          ],
        ),
        disruptionBudget: fields(
          "How many pods drains may take at a time.",
          {
            enabled: {
              type: "boolean",
              description: "Whether there is one; not for a single replica.",
            } as StructuralSchema,
            maxUnavailable: whole("0 would forbid every drain.", 1, 1000),
          },
          [
            {
              rule: "!(has(self.enabled) && !self.enabled && has(self.maxUnavailable))",
              message: "a budget that is not enabled has no maxUnavailable; leave one of the two out",
            },
          ],
        ),
        unreachableSeconds: whole("How long pods stay bound to a node that does not answer.", 0, 86_400),
        priorityClassName: text("A PriorityClass that exists."),
        termination: fields(
          "What a pod that goes is given.",
          {
            withdrawSeconds: whole(
              "Until it is told to stop, so that nobody is sent to it any more.",
              0,
              3600,
            ),
            graceSeconds: whole("In all, until it is killed.", 1, 86_400),
          },
          [
            {
              rule: "!(has(self.withdrawSeconds) && has(self.graceSeconds)) || self.graceSeconds > self.withdrawSeconds",
              message:
                "the grace would be over before the withdrawal is; the nearest graceSeconds is one above withdrawSeconds",
            },
          ],
        ),
        sessionAffinity: fields(
          "Whether Services send a client to the same pod again.",
          {
            mode: oneOf("Auto: only where a protocol or a login needs it.", "Auto", "ClientIP", "None"),
            timeoutSeconds: whole("How long a client stays with its pod.", 1, 86_400),
          },
          [
            {
              rule: "!(has(self.mode) && self.mode == 'None' && has(self.timeoutSeconds))",
              message:
                "without affinity there is nothing to time out; leave timeoutSeconds out, or say mode: ClientIP",
            },
          ],
        ),
        storage: fields(
          "What the volumes have to be like.",
          {
            className: text("The class of claims that are made."),
            copies: whole("Nodes that keep the data.", 1, 10),
            shareClaims: {
              type: "boolean",
              description:
                "Whether claims that one node can mount are moved to ones that all can: a planned outage, once.",
            } as StructuralSchema,
          },
          [
            {
              rule: "!(has(self.shareClaims) && self.shareClaims && has(self.copies) && self.copies < 2)",
              message:
                "a shared volume of one copy is lost with its node, for every replica; the nearest is copies: 2",
            },
          ],
        ),
        resources: fields(
          "For containers that say none themselves.",
          {
            requests: AMOUNTS("What the scheduler sets aside."),
            limits: AMOUNTS("What is not exceeded."),
          },
          [notAbove("cpu"), notAbove("memory")],
        ),
        probes: fields("How patient probes are.", {
          timeoutSeconds: whole("For each answer, at least.", 1, 600),
          startSeconds: whole("Until liveness counts.", 1, 7200),
        }),
      },
      [
        {
          rule: "!(self.tier == 1 && has(self.replicas) && self.replicas == 1)",
          message:
            "tier 1 must not be down and one replica is, at every loss of its node; the nearest is replicas: 2, or tier: 3",
        },
        {
          rule: "!(has(self.replicas) && has(self.disruptionBudget) && has(self.disruptionBudget.maxUnavailable)) || self.disruptionBudget.maxUnavailable < self.replicas",
          message:
            "the budget lets all replicas go at once; the nearest maxUnavailable is one below replicas, and one replica needs no budget",
        },
        {
          rule: "!(has(self.replicas) && self.replicas == 1 && has(self.spread) && has(self.spread.nodes) && self.spread.nodes != 'Off')",
          message:
            "one replica has nothing to be kept apart from; the nearest is replicas: 2, or spread.nodes: Off",
        },
      ],
    ),
    required: ["targets"],
  };
}

const CONDITIONS: StructuralSchema = {
  type: "array",
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["type"],
  items: {
    type: "object",
    required: ["type", "status", "lastTransitionTime", "reason", "message"],
    properties: {
      type: { type: "string", maxLength: 316 },
      status: { type: "string", enum: ["True", "False", "Unknown"] },
      observedGeneration: { type: "integer", format: "int64", minimum: 0 },
      lastTransitionTime: { type: "string", format: "date-time" },
      reason: { type: "string", maxLength: 1024, minLength: 1 },
      message: { type: "string", maxLength: 32_768 },
    },
  },
};

const STATUS = fields("What apply and verify found.", {
  observedGeneration: { type: "integer", format: "int64" },
  revision: { type: "integer", format: "int64" },
  targets: { type: "integer", format: "int32" },
  asIntended: { type: "integer", format: "int32" },
  conditions: CONDITIONS,
});

/** The schema of a whole policy of the cluster, or of a namespace. */
export function policySchema(namespaced: boolean): StructuralSchema {
  return {
    type: "object",
    required: ["spec"],
    properties: { spec: specSchema(namespaced), status: STATUS },
  };
}
