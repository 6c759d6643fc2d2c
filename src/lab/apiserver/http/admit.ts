/** The door: who asks, as whom, and whether they may. */
import type { CallerAccess, Decision, UserInfo } from "../access/access.ts";
import type { Authorizer } from "../access/authorizer.ts";
import {
  type Authentication,
  authenticate,
  bearerToken,
  type ClientCertificate,
  type TokenAuthenticator,
} from "./authenticate.ts";
import { attributesOf, refusal } from "./authorize.ts";
import type { Incoming, RequestHead } from "./exchange.ts";
import { impersonated } from "./impersonate.ts";

/** What the door goes by. */
export interface DoorContext {
  readonly tokens: TokenAuthenticator;
  readonly authorizer: Authorizer;
}

/** Who a request is handled for. */
export interface Admitted {
  /** The real user, or the one they act as. */
  readonly user: UserInfo;
  readonly access: CallerAccess;
}

/** Told of what is found out at the door, as it is found out. */
export interface DoorWitness {
  authenticated(authentication: Authentication): void;
  impersonating(user: UserInfo): void;
  decided(decision: Decision): void;
}

/** @throws {StatusError} Unauthorized or Forbidden */
export function admit(
  { tokens, authorizer }: DoorContext,
  incoming: Pick<Incoming, "headers" | "rawHeaders">,
  certificate: ClientCertificate | undefined,
  { info, query }: RequestHead,
  witness?: DoorWitness,
): Admitted {
  const token = bearerToken(incoming.headers.authorization);
  const credentials = {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { certificate }),
  };
  const authentication = authenticate(credentials, tokens);
  witness?.authenticated(authentication);
  const other = impersonated(authentication.user, incoming.rawHeaders, info.path, authorizer);
  if (other !== undefined) witness?.impersonating(other);
  const user = other ?? authentication.user;
  const attributes = attributesOf(info, query);
  const decision = authorizer.authorize(user, attributes);
  witness?.decided(decision);
  if (!decision.allowed) throw refusal(user, attributes, decision);
  return { user, access: accessOf(authorizer, user) };
}

function accessOf(authorizer: Authorizer, user: UserInfo): CallerAccess {
  return {
    authorize: (attributes) => authorizer.authorize(user, attributes),
    rulesFor: (namespace) => authorizer.rulesFor(user, namespace),
    as: (other) => accessOf(authorizer, other),
  };
}
