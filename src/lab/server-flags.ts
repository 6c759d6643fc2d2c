/** Flags of kube-apiserver that change what a lab serves and does, by their names. */
import { apiVersionOf, type Kind } from "../kube/kind.ts";
import { KINDS, OPTIONAL_KINDS } from "../kube/kinds.ts";

const MUTATING_POLICIES = "MutatingAdmissionPolicy";
const ADMISSION_BETA = "admissionregistration.k8s.io/v1beta1";

/** What a flag is set to, by what it sets; see `FEATURE_GATES` and `RUNTIME_CONFIG` for what there is. */
export interface ServerFlags {
  /** `--feature-gates`: what the server does. */
  readonly featureGates?: Readonly<Record<string, boolean>>;
  /** `--runtime-config`: which versions it serves besides the stable ones. */
  readonly runtimeConfig?: Readonly<Record<string, boolean>>;
}

export const FEATURE_GATES: readonly string[] = [MUTATING_POLICIES];
export const RUNTIME_CONFIG: readonly string[] = [ADMISSION_BETA];

/** What a server is to serve and do. @throws {Error} for flags that there are not, or with which a real one does not start */
export function serverOptions({ featureGates = {}, runtimeConfig = {} }: ServerFlags): {
  readonly kinds: readonly Kind[];
  readonly mutatingPolicies: boolean;
} {
  refuseUnknown("feature gate", featureGates, FEATURE_GATES);
  refuseUnknown("runtime config", runtimeConfig, RUNTIME_CONFIG);
  const mutatingPolicies = featureGates[MUTATING_POLICIES] ?? false;
  if (mutatingPolicies && !runtimeConfig[ADMISSION_BETA]) {
    throw new Error(
      `The feature gate ${MUTATING_POLICIES} is on, but ${ADMISSION_BETA} is not served: a real API server would wait for it ` +
        `and never be ready; set the runtime config ${ADMISSION_BETA}=true as well`,
    );
  }
  const optional = OPTIONAL_KINDS.filter((kind) => runtimeConfig[apiVersionOf(kind)]);
  return { kinds: [...KINDS, ...optional], mutatingPolicies };
}

function refuseUnknown(
  what: string,
  given: Readonly<Record<string, boolean>>,
  known: readonly string[],
): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Error(`There is no ${what} ${JSON.stringify(unknown)} in a lab; there is ${known.join(", ")}`);
}
