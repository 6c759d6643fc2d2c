/** Finds out who a request is from: client certificate first, then bearer token, as kube-apiserver's union does. */
import { timingSafeEqual } from "node:crypto";
import { StatusError } from "../../../kube/status-error.ts";
import type { UserInfo } from "../server.ts";

/** What a request brings along to say who it is from. */
export interface Credentials {
  /** Without the word "Bearer". */
  readonly token?: string;
  /** The subject of a client certificate; `trusted` tells whether the lab's own authority signed it. */
  readonly certificate?: {
    readonly commonName: string;
    readonly organizations: readonly string[];
    readonly trusted: boolean;
  };
}

/** The user whose token it is; `undefined` for a token nobody knows. */
export type TokenAuthenticator = (token: string) => UserInfo | undefined;

/** Who asks without saying who. */
export const ANONYMOUS: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** Who runs the lab: may do everything, whatever rules there are. */
export const ADMIN: UserInfo = { name: "holdfast-admin", groups: ["system:masters", "system:authenticated"] };

/** The user behind the credentials; somebody who brings none is anonymous.
 * @throws {StatusError} Unauthorized when credentials are brought that are good for nothing. */
export function authenticate(credentials: Credentials, tokens: TokenAuthenticator): UserInfo {
  const { certificate, token } = credentials;
  if (certificate?.trusted) {
    return { name: certificate.commonName, groups: [...certificate.organizations, "system:authenticated"] };
  }
  if (token !== undefined) {
    const user = tokens(token);
    if (user !== undefined) return user;
  }
  if (certificate !== undefined || token !== undefined) throw new StatusError("Unauthorized", "Unauthorized");
  return ANONYMOUS;
}

/** Knows one token, the administrator's. */
export function oneToken(secret: string, user: UserInfo): TokenAuthenticator {
  const expected = Buffer.from(secret);
  return (token) => {
    const given = Buffer.from(token);
    const same = given.length === expected.length && timingSafeEqual(given, expected);
    return same ? user : undefined;
  };
}

/** The token of an Authorization header; `undefined` for any other scheme, as real servers pass those over. */
export function bearerToken(header: string | undefined): string | undefined {
  const [scheme = "", token = ""] = (header ?? "").trim().split(" ");
  return scheme.toLowerCase() === "bearer" && token !== "" ? token : undefined;
}
