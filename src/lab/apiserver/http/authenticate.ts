/** Finds out who a request is from: client certificate first, then bearer token, as kube-apiserver's union does. */
import { timingSafeEqual } from "node:crypto";
import { StatusError } from "../../../kube/status-error.ts";
import { API_AUDIENCE, type TokenVerdict, type UserInfo } from "../access/access.ts";

/** What a request brings along to say who it is from. */
export interface Credentials {
  /** Without the word "Bearer". */
  readonly token?: string;
  readonly certificate?: ClientCertificate;
}

/** The subject of a client certificate. */
export interface ClientCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Of the whole certificate, in hexadecimal. */
  readonly sha256: string;
  /** Whether the lab's own authority signed it, for clients. */
  readonly trusted: boolean;
}

/** Who somebody is, and what an audit log is told of how they showed it. */
export interface Authentication {
  readonly user: UserInfo;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Whose token it is, for somebody who is one of the audiences; the API server itself when none are named. */
export type TokenAuthenticator = (token: string, audiences?: readonly string[]) => TokenVerdict;

/** Who asks without saying who. */
export const ANONYMOUS: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** Who runs the lab: may do everything, whatever rules there are. */
export const ADMIN: UserInfo = { name: "holdfast-admin", groups: ["system:masters", "system:authenticated"] };

/** The user behind the credentials; somebody who brings none is anonymous.
 * @throws {StatusError} Unauthorized when credentials are brought that are good for nothing. */
export function authenticate(
  { certificate, token }: Credentials,
  tokens: TokenAuthenticator,
): Authentication {
  if (certificate?.trusted && certificate.commonName !== "") return { user: userOf(certificate) };
  if (token !== undefined) {
    const verdict = tokens(token);
    if (verdict.accepted) return verdict;
  }
  // A certificate that names nobody is as good as none; one that nobody knows is not.
  if (token !== undefined || certificate?.trusted === false)
    throw new StatusError("Unauthorized", "Unauthorized");
  return { user: ANONYMOUS };
}

function userOf({ commonName, organizations, sha256 }: ClientCertificate): UserInfo {
  return {
    name: commonName,
    groups: [...organizations, "system:authenticated"],
    extra: { "authentication.kubernetes.io/credential-id": [`X509SHA256=${sha256}`] },
  };
}

/** Knows one token, the administrator's. */
export function oneToken(secret: string, user: UserInfo): TokenAuthenticator {
  const expected = Buffer.from(secret);
  return (token, audiences = [API_AUDIENCE]) => {
    const given = Buffer.from(token);
    const same = given.length === expected.length && timingSafeEqual(given, expected);
    if (!same || !audiences.includes(API_AUDIENCE)) return { accepted: false, errors: [] };
    return { accepted: true, user, audiences: [API_AUDIENCE] };
  };
}

/** Asks several in turn. */
export function anyOf(...authenticators: readonly TokenAuthenticator[]): TokenAuthenticator {
  return (token, audiences) => {
    const errors: string[] = [];
    for (const authenticator of authenticators) {
      const verdict = authenticator(token, audiences);
      if (verdict.accepted) return verdict;
      errors.push(...verdict.errors);
    }
    return { accepted: false, errors };
  };
}

/** The token of an Authorization header; `undefined` for any other scheme, as real servers pass those over. */
export function bearerToken(header: string | undefined): string | undefined {
  const [scheme = "", token = ""] = (header ?? "").trim().split(" ");
  return scheme.toLowerCase() === "bearer" && token !== "" ? token : undefined;
}
