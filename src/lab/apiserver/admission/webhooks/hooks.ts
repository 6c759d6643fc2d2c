import { type CompiledSelector, compileSelector } from "../../../../kube/selectors.ts";
import type { KubeObject, LabelSelector } from "../../../../kube/types/index.ts";
import type { Api } from "../../api.ts";
import type { ClientConfig } from "../../outside/client-config.ts";
import type { AdmissionRule } from "../rules.ts";
import { configurationKind, type HookType } from "./configuration-kinds.ts";

/** A condition in CEL that a request must meet. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** A webhook as its configuration stores it, defaulted. */
interface StoredHook {
  readonly name: string;
  readonly clientConfig: ClientConfig;
  readonly rules?: readonly AdmissionRule[];
  readonly failurePolicy: "Fail" | "Ignore";
  readonly matchPolicy: "Exact" | "Equivalent";
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly timeoutSeconds: number;
  readonly admissionReviewVersions: readonly string[];
  readonly reinvocationPolicy?: "Never" | "IfNeeded";
  readonly matchConditions?: readonly MatchCondition[];
}

/** A webhook, ready to be matched and called. */
export interface Hook {
  readonly name: string;
  /** Tells apart webhooks of one name in several configurations. */
  readonly id: string;
  /** The name of its configuration. */
  readonly configuration: string;
  /** Its place among all webhooks of its type. */
  readonly index: number;
  readonly config: ClientConfig;
  readonly rules: readonly AdmissionRule[];
  readonly failsOpen: boolean;
  readonly takesEquivalents: boolean;
  readonly namespaces: CompiledSelector;
  readonly objects: CompiledSelector;
  readonly timeoutMs: number;
  readonly version: ReviewVersion;
  readonly reinvoked: boolean;
  readonly conditions: readonly MatchCondition[];
}

/** Of AdmissionReviews. */
export type ReviewVersion = "v1" | "v1beta1";

/** Every webhook of a type, in the order in which they are asked: by the name of their configuration. */
export function hooksOf(api: Api, type: HookType): readonly Hook[] {
  const stored = api.list(configurationKind(type)).flatMap((configuration) => {
    const { webhooks = [] } = configuration as KubeObject & { readonly webhooks?: readonly StoredHook[] };
    const { name } = configuration.metadata;
    return webhooks.map((hook, i) => ({ hook, configuration: name, id: `${name}/${hook.name}/${i}` }));
  });
  return stored.map(({ hook, ...place }, index) => ({ ...hookOf(hook), ...place, index }));
}

function hookOf(stored: StoredHook): Omit<Hook, "id" | "configuration" | "index"> {
  const versions = stored.admissionReviewVersions;
  return {
    name: stored.name,
    config: stored.clientConfig,
    rules: stored.rules ?? [],
    failsOpen: stored.failurePolicy === "Ignore",
    takesEquivalents: stored.matchPolicy === "Equivalent",
    namespaces: compileSelector(stored.namespaceSelector),
    objects: compileSelector(stored.objectSelector),
    timeoutMs: stored.timeoutSeconds * 1000,
    version: versions.find((version) => version === "v1" || version === "v1beta1") ?? "v1",
    reinvoked: stored.reinvocationPolicy === "IfNeeded",
    conditions: stored.matchConditions ?? [],
  };
}
