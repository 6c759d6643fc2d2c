/** What the expressions of admission policies, and the match conditions of webhooks, may speak of. */
import {
  type Environment,
  type StructTypes,
  withFunctions,
  withVariables,
} from "../../base/cel/environment.ts";
import {
  BOOL,
  type CelType,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  structType,
  TIMESTAMP,
} from "../../base/cel/types.ts";
import { AUTHORIZER, RESOURCE_CHECK } from "./authorizer.ts";
import { KUBERNETES } from "./environment.ts";
import { PATCH_FUNCTIONS, PATCH_STRUCTS } from "./patch-types.ts";

type FieldTypes = Readonly<Record<string, CelType>>;

const TEXTS = listOf(STRING);
const LABELS = mapOf(STRING, STRING);
const GVK = structType("kubernetes.GroupVersionKind");
const GVR = structType("kubernetes.GroupVersionResource");
const USER_INFO = structType("kubernetes.UserInfo");
const REQUEST = structType("kubernetes.AdmissionRequest");
const NAMESPACE = structType("kubernetes.Namespace");
const METADATA = structType("kubernetes.NamespaceMetadata");
const SPEC = structType("kubernetes.NamespaceSpec");
const STATUS = structType("kubernetes.NamespaceStatus");
const CONDITION = structType("kubernetes.NamespaceCondition");
export const VARIABLES = structType("kubernetes.variables");

const STRUCTS: Readonly<Record<string, FieldTypes>> = {
  [GVK.name]: { group: STRING, version: STRING, kind: STRING },
  [GVR.name]: { group: STRING, version: STRING, resource: STRING },
  [USER_INFO.name]: { username: STRING, uid: STRING, groups: TEXTS, extra: mapOf(STRING, TEXTS) },
  [REQUEST.name]: {
    kind: GVK,
    resource: GVR,
    subResource: STRING,
    requestKind: GVK,
    requestResource: GVR,
    requestSubResource: STRING,
    name: STRING,
    namespace: STRING,
    operation: STRING,
    userInfo: USER_INFO,
    dryRun: BOOL,
    options: DYN,
  },
  [NAMESPACE.name]: { metadata: METADATA, spec: SPEC, status: STATUS },
  [METADATA.name]: {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: LABELS,
    annotations: LABELS,
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: TEXTS,
  },
  [SPEC.name]: { finalizers: TEXTS },
  [STATUS.name]: { conditions: listOf(CONDITION), phase: STRING },
  [CONDITION.name]: {
    status: STRING,
    type: STRING,
    lastTransitionTime: TIMESTAMP,
    message: STRING,
    reason: STRING,
  },
};

export interface PolicyScope {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  /** Whether `Object{…}` and `JSONPatch{…}` may be made. */
  readonly hasPatchTypes: boolean;
  /** What is known of the objects' types, where expressions are checked against them; `structs` has the fields of all of them. */
  readonly objects?: {
    readonly object: CelType | undefined;
    readonly params: CelType | undefined;
    readonly structs: readonly StructTypes[];
  };
  /** The types of the variables that were composed so far; absent when there is no `variables`. */
  readonly variables?: ReadonlyMap<string, CelType>;
}

const PATCHING: Environment = withFunctions(KUBERNETES, PATCH_FUNCTIONS);

export function policyEnvironment(scope: PolicyScope): Environment {
  const { hasParams, hasAuthorizer, hasPatchTypes, objects, variables } = scope;
  const others = hasPatchTypes ? [PATCH_STRUCTS] : (objects?.structs ?? []);
  const { object = DYN, params = DYN } = objects ?? {};
  const structs: StructTypes = {
    fieldOf(struct, field) {
      if (struct === VARIABLES.name) return variables?.get(field);
      return STRUCTS[struct]?.[field] ?? firstOf(others, (each) => each.fieldOf(struct, field));
    },
    isFieldless: (struct) => struct.startsWith("kubernetes.authorization."),
    typeNamed: (name) => firstOf(others, (each) => each.typeNamed(name)),
  };
  return withVariables(
    hasPatchTypes ? PATCHING : KUBERNETES,
    [
      ["object", object],
      ["oldObject", object],
      ["namespaceObject", NAMESPACE],
      ["request", REQUEST],
      ...(hasParams ? ([["params", params]] as const) : []),
      ...(hasAuthorizer
        ? ([
            ["authorizer", AUTHORIZER],
            // The checker of types does not know of it.
            ...(objects === undefined ? ([["authorizer.requestResource", RESOURCE_CHECK]] as const) : []),
          ] as const)
        : []),
      ...(variables === undefined ? [] : ([["variables", VARIABLES]] as const)),
    ],
    structs,
  );
}

function firstOf(
  structs: readonly StructTypes[],
  find: (types: StructTypes) => CelType | undefined,
): CelType | undefined {
  for (const each of structs) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}
