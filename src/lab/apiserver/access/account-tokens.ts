/**
 * Tokens of service accounts: those that the API server gives out for a while, bound to an account and perhaps to a pod, a
 * Secret or a node, and the older ones that stand in Secrets and never expire. Errors are worded as kube-apiserver's.
 */
import { randomUUID } from "node:crypto";
import { goList } from "../../../kube/rbac/describe.ts";
import type { Secret, ServiceAccount } from "../../../kube/types/index.ts";
import type { Engine } from "../../../time/engine.ts";
import type { Api } from "../api.ts";
import { API_AUDIENCE, type TokenVerdict } from "./access.ts";
import { accountUserName } from "./account-user.ts";
import { type BoundClaims, checkBoundToken, type Reference } from "./bound-token.ts";
import { type Claims, readClaims, SigningKey } from "./jwt.ts";
import { checkLegacyToken, LEGACY_ISSUER, legacyClaims } from "./legacy-token.ts";

/** Who gives tokens out. */
export const ISSUER = API_AUDIENCE;

/** What a token is to say. */
export interface TokenWish {
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  /** What the token is good for only while it is there, and the node of a pod. */
  readonly bound?: { readonly [kind in "pod" | "secret" | "node"]?: Reference };
  /** After this many seconds the token counts as stale, though it is still good. */
  readonly warnAfterSeconds?: number;
}

/** How many tokens are remembered as signed by this server; checking one takes longer than a small request. */
const REMEMBERED_MAX = 1_000;

export class AccountTokens {
  readonly #engine: Engine;
  readonly #api: Api;
  readonly #key = new SigningKey();
  readonly #signed = new Set<string>();

  /** `api` in the server's own name. */
  constructor(engine: Engine, api: Api) {
    this.#engine = engine;
    this.#api = api;
  }

  /** A token for the account, good from now on. */
  issue({ metadata }: ServiceAccount, wish: TokenWish): string {
    const { namespace = "", name, uid } = metadata;
    const now = Math.floor(this.#engine.now() / 1_000);
    const { warnAfterSeconds } = wish;
    return this.#key.sign({
      aud: wish.audiences,
      exp: now + wish.expirationSeconds,
      iat: now,
      iss: ISSUER,
      jti: randomUUID(),
      "kubernetes.io": {
        namespace,
        ...wish.bound,
        serviceaccount: { name, uid },
        ...(warnAfterSeconds === undefined ? {} : { warnafter: now + warnAfterSeconds }),
      },
      nbf: now,
      sub: accountUserName({ namespace, name }),
    });
  }

  /** What a Secret of type kubernetes.io/service-account-token holds for its account. */
  legacyToken(account: ServiceAccount, secret: Secret): string {
    return this.#key.sign(legacyClaims(account, secret));
  }

  /** Finds out whose a token is, for somebody who is one of the `audiences`. */
  authenticate(token: string, audiences: readonly string[] = [API_AUDIENCE]): TokenVerdict {
    const claims = readClaims(token);
    if (claims === undefined || (claims.iss !== ISSUER && claims.iss !== LEGACY_ISSUER)) return refused();
    const flaw = this.#signed.has(token) ? undefined : this.#key.flaw(token);
    if (flaw !== undefined) return refused(flaw);
    this.#remember(token);
    const meantFor = audiencesOf(claims);
    const both = audiences.filter((audience) => meantFor.includes(audience));
    if (both.length === 0) {
      return refused(
        `token audiences ${goList(meantFor)} is invalid for the target audiences ${goList(audiences)}`,
      );
    }
    const nowMs = this.#engine.now();
    return claims.iss === LEGACY_ISSUER
      ? checkLegacyToken(this.#api, nowMs, token, claims, both)
      : checkBoundToken(this.#api, nowMs, claims as unknown as BoundClaims, both);
  }

  /** OpenID Connect's discovery document, for a server at this address. */
  configuration(url: string): object {
    return {
      issuer: ISSUER,
      jwks_uri: `${url}/openid/v1/jwks`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: [this.#key.publicKey().alg],
    };
  }

  /** The keys that tokens are checked with. */
  keySet(): object {
    return { keys: [this.#key.publicKey()] };
  }

  #remember(token: string): void {
    if (this.#signed.size >= REMEMBERED_MAX) this.#signed.clear();
    this.#signed.add(token);
  }
}

function audiencesOf({ aud }: Claims): readonly string[] {
  const all = Array.isArray(aud) ? aud.map(String) : typeof aud === "string" ? [aud] : [];
  return all.length === 0 ? [API_AUDIENCE] : all;
}

function refused(...errors: readonly string[]): TokenVerdict {
  return { accepted: false, errors };
}
