/** The door: who asks, as whom, and whether they may. */
import type { CallerAccess, UserInfo } from "../access/access.ts";
import type { Authorizer } from "../access/authorizer.ts";
import {
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

/** @throws {StatusError} Unauthorized or Forbidden */
export function admit(
  { tokens, authorizer }: DoorContext,
  incoming: Pick<Incoming, "headers" | "rawHeaders">,
  certificate: ClientCertificate | undefined,
  { info, query }: RequestHead,
): Admitted {
  const token = bearerToken(incoming.headers.authorization);
  const credentials = {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { certificate }),
  };
  const { user: real } = authenticate(credentials, tokens);
  const user = impersonated(real, incoming.rawHeaders, info.path, authorizer) ?? real;
  const attributes = attributesOf(info, query);
  const decision = authorizer.authorize(user, attributes);
  if (!decision.allowed) throw refusal(user, attributes, decision);
  return { user, access: accessOf(authorizer, user) };
}

function accessOf(authorizer: Authorizer, user: UserInfo): CallerAccess {
  return {
    authorize: (attributes) => authorizer.authorize(user, attributes),
    rulesFor: (namespace) => authorizer.rulesFor(user, namespace),
  };
}
