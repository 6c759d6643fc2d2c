import type { KubeObject } from "../types/index.ts";
import type { Amounts } from "./resource-lists.ts";

/** One condition of a quota's scope. */
export interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** The rules of one resource. */
export interface QuotaEvaluator {
  /** What one object uses, by the names that quotas limit. */
  usage(object: KubeObject, nowMs: number): Amounts;
  /** Whether a quota that limits this name limits these objects. */
  limits(name: string): boolean;
  /** Whether a scope takes the object in. Kinds without scopes are outside of every scope. */
  inScope(object: KubeObject, scope: ScopeRequirement): boolean;
  /** Whether writing this is of interest at all. */
  handles(write: QuotaWrite): boolean;
  /** Why an object may not be counted: it has to say how much it wants of what is limited. */
  missing?(object: KubeObject, limited: readonly string[]): string | undefined;
}

/** A write as evaluators see it. */
export interface QuotaWrite {
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly subresource: string | undefined;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
}
