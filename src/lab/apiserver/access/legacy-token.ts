import { secrets, serviceAccounts } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Secret, ServiceAccount } from "../../../kube/types/index.ts";
import type { Api } from "../api.ts";
import type { TokenVerdict } from "./access.ts";
import { accountGroups, accountUserName } from "./account-user.ts";
import type { Claims } from "./jwt.ts";

/** Who gave the older tokens out. */
export const LEGACY_ISSUER = "kubernetes/serviceaccount";

const CLAIM = "kubernetes.io/serviceaccount";
const LAST_USED = "kubernetes.io/legacy-token-last-used";
const INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";

/** What a token of the old kind says: it names its account and its Secret, and never expires. */
export function legacyClaims({ metadata }: ServiceAccount, secret: Secret): Claims {
  const { namespace = "", name, uid } = metadata;
  return {
    iss: LEGACY_ISSUER,
    [`${CLAIM}/namespace`]: namespace,
    [`${CLAIM}/secret.name`]: secret.metadata.name,
    [`${CLAIM}/service-account.name`]: name,
    [`${CLAIM}/service-account.uid`]: uid,
    sub: accountUserName({ namespace, name }),
  };
}

/** Judges a signed token by its Secret and its account; a good one leaves the day of its use on the Secret. */
export function checkLegacyToken(
  api: Api,
  nowMs: number,
  token: string,
  claims: Claims,
  audiences: readonly string[],
): TokenVerdict {
  const claim = (name: string) => String(claims[`${CLAIM}/${name}`] ?? "");
  const namespace = claim("namespace");
  const name = claim("service-account.name");
  const user = accountUserName({ namespace, name });
  if (claims.sub !== user) return refused("sub claim is invalid");
  const secret = api.get(secrets, namespace, claim("secret.name"));
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined)
    return refused("Token has been invalidated");
  if (Buffer.from(secret.data?.token ?? "", "base64").toString("utf8") !== token)
    return refused("Token does not match server's copy");
  const account = api.get(serviceAccounts, namespace, name);
  if (account === undefined) return refused(`serviceaccounts ${JSON.stringify(name)} not found`);
  const { uid } = account.metadata;
  if (uid !== claim("service-account.uid"))
    return refused(`ServiceAccount UID (${uid}) does not match claim (${claim("service-account.uid")})`);
  if (secret.metadata.labels?.[INVALID_SINCE]) {
    return refused(
      `the token in secret ${namespace}/${secret.metadata.name} for service account ${namespace}/${name} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${INVALID_SINCE}' label from the secret to temporarily allow use of this token`,
    );
  }
  noteUse(api, secret, formatTime(nowMs).slice(0, 10));
  return {
    accepted: true,
    user: { name: user, uid, groups: [...accountGroups(namespace), "system:authenticated"] },
    audiences,
    annotations: {
      "authentication.k8s.io/legacy-token": user,
      "authentication.k8s.io/legacy-token-manual-secret": secret.metadata.name,
    },
  };
}

function noteUse(api: Api, { metadata }: Secret, day: string): void {
  if (metadata.labels?.[LAST_USED] === day) return;
  const { namespace, name } = metadata;
  try {
    api.patch(secrets, namespace, name, "merge", { metadata: { labels: { [LAST_USED]: day } } });
  } catch (error) {
    // Somebody else wrote it, or an admission policy would not have it: the token is good all the same.
    if (!isStatus(error, "Conflict") && !isStatus(error, "Forbidden") && !isStatus(error, "Invalid"))
      throw error;
  }
}

function refused(error: string): TokenVerdict {
  return { accepted: false, errors: [error] };
}
