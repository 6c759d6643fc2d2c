/** How others may check tokens of service accounts themselves: OpenID Connect's discovery. */
import type { AccountTokens } from "../access/account-tokens.ts";
import type { Answer } from "./exchange.ts";

const CONFIGURATION = "/.well-known/openid-configuration";
const KEYS = "/openid/v1/jwks";

export const ISSUER_PATHS: readonly string[] = [CONFIGURATION, KEYS];

// Keys stay the same while a lab runs; kube-apiserver allows as much.
const HEADERS = { "cache-control": "public, max-age=3600" };

/** What an issuer's server needs to tell of itself. */
export interface IssuerContext {
  readonly tokens: AccountTokens;
  /** "https://127.0.0.1:40123" */
  readonly url: string;
}

/** The answer for an issuer's path; undefined for every other. */
export function issuerAnswer({ tokens, url }: IssuerContext, path: string): Answer | undefined {
  if (path === CONFIGURATION) return document(tokens.configuration(url), "application/json");
  if (path === KEYS) return document(tokens.keySet(), "application/jwk-set+json");
  return undefined;
}

function document(body: object, contentType: string): Answer {
  return { type: "json", code: 200, text: JSON.stringify(body), contentType, headers: HEADERS };
}
