/** The nouns of authentication and authorization: who somebody is, and what they may do. */
import type { Attributes } from "../../../kube/rbac/attributes.ts";
import type { PolicyRule } from "../../../kube/types/index.ts";

/** Who a request is made for, as authentication found out. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Whether something may be done, and why or why not when there is something to say. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason?: string;
}

/** The rules that somebody holds, and what kept others from being found. */
export interface RulesHeld {
  readonly rules: readonly PolicyRule[];
  /** One sentence for each binding whose role is missing. */
  readonly errors: readonly string[];
}

/** What authorization says of one caller. */
export interface CallerAccess {
  authorize(attributes: Attributes): Decision;
  /** What role bindings allow in a namespace, or at the cluster scope alone. */
  rulesFor(namespace: string | undefined): RulesHeld;
  /** What it says of another user. */
  as(user: UserInfo): CallerAccess;
}

/** Whose a token is, or why it is nobody's. */
export type TokenVerdict = AcceptedToken | RefusedToken;

export interface AcceptedToken {
  readonly accepted: true;
  readonly user: UserInfo;
  /** Those asked for that the token is meant for. */
  readonly audiences: readonly string[];
  /** What an audit log is told of the token. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RefusedToken {
  readonly accepted: false;
  /** What is wrong with a token that looked like one of the server's own; none for any other. */
  readonly errors: readonly string[];
}

/** The audience that the API server itself is. */
export const API_AUDIENCE = "https://kubernetes.default.svc";
