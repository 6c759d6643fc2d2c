import { nodes, pods, secrets, serviceAccounts } from "../../../kube/kinds.ts";
import { parseTime } from "../../../kube/time.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import type { Api } from "../api.ts";
import type { TokenVerdict } from "./access.ts";
import { accountGroups, accountUserName } from "./account-user.ts";

/** An object as a token names it. */
export interface Reference {
  readonly name: string;
  readonly uid: string;
}

/** What a token of the present kind says, as far as anybody may rely on it: nothing need be there. */
export interface BoundClaims {
  readonly exp?: number;
  readonly iat?: number;
  readonly nbf?: number;
  readonly jti?: string;
  readonly "kubernetes.io"?: {
    readonly namespace?: string;
    readonly serviceaccount?: Partial<Reference>;
    readonly pod?: Reference;
    readonly secret?: Reference;
    readonly node?: Reference;
    readonly warnafter?: number;
  };
}

/** Clocks may differ by so much (go-jose's default leeway), and so long an object that is going still counts. */
const LEEWAY_MS = 60_000;

/** Judges a signed token by the time, its account, and what it is bound to. */
export function checkBoundToken(
  api: Api,
  nowMs: number,
  claims: BoundClaims,
  audiences: readonly string[],
): TokenVerdict {
  const { namespace = "", serviceaccount = {}, pod, secret, node, warnafter } = claims["kubernetes.io"] ?? {};
  const { name = "", uid = "" } = serviceaccount;
  const wrong =
    wrongTime(nowMs, claims) ??
    wrongAccount(api, namespace, { name, uid }, nowMs) ??
    wrongReference("secret", secret, (ref) => api.get(secrets, namespace, ref.name), nowMs) ??
    wrongReference("pod", pod, (ref) => api.get(pods, namespace, ref.name), nowMs) ??
    // A pod goes with its node.
    (pod === undefined
      ? wrongReference("node", node, (ref) => api.get(nodes, undefined, ref.name), nowMs)
      : undefined);
  if (wrong !== undefined) return { accepted: false, errors: [wrong] };
  const user = accountUserName({ namespace, name });
  const isStale = warnafter !== undefined && nowMs > warnafter * 1_000;
  return {
    accepted: true,
    user: {
      name: user,
      uid,
      groups: [...accountGroups(namespace), "system:authenticated"],
      ...extraOf(claims.jti, node, pod),
    },
    audiences,
    ...(isStale
      ? {
          annotations: {
            "authentication.k8s.io/stale-token": `subject: ${user}, seconds after warning threshold: ${Math.floor(nowMs / 1_000) - warnafter}`,
          },
        }
      : {}),
  };
}

function extraOf(jti: string | undefined, node: Reference | undefined, pod: Reference | undefined) {
  const extra: Record<string, readonly string[]> = {};
  const add = (key: string, value: string) => {
    extra[`authentication.kubernetes.io/${key}`] = [value];
  };
  if (jti) add("credential-id", `JTI=${jti}`);
  if (node !== undefined) {
    add("node-name", node.name);
    add("node-uid", node.uid);
  }
  if (pod !== undefined) {
    add("pod-name", pod.name);
    add("pod-uid", pod.uid);
  }
  return Object.keys(extra).length === 0 ? {} : { extra };
}

function wrongTime(nowMs: number, { exp, iat, nbf }: BoundClaims): string | undefined {
  if (nbf !== undefined && nowMs + LEEWAY_MS < nbf * 1_000) return "service account token is not valid yet";
  if (exp !== undefined && nowMs - LEEWAY_MS > exp * 1_000) return "service account token has expired";
  if (iat !== undefined && nowMs + LEEWAY_MS < iat * 1_000)
    return "service account token is issued in the future";
  return undefined;
}

function wrongAccount(
  api: Api,
  namespace: string,
  { name, uid }: Reference,
  nowMs: number,
): string | undefined {
  if (name === "") return "resource name may not be empty";
  const account = api.get(serviceAccounts, namespace, name);
  if (account === undefined) return `serviceaccounts ${JSON.stringify(name)} not found`;
  if (isGone(account, nowMs)) return "service account token has been invalidated";
  if (account.metadata.uid === uid) return undefined;
  return `service account UID (${account.metadata.uid}) does not match claim (${uid})`;
}

function wrongReference(
  kind: string,
  reference: Reference | undefined,
  find: (reference: Reference) => KubeObject | undefined,
  nowMs: number,
): string | undefined {
  if (reference === undefined) return undefined;
  const found = find(reference);
  if (found === undefined || isGone(found, nowMs)) return "service account token has been invalidated";
  const { uid } = found.metadata;
  if (uid === reference.uid) return undefined;
  return `${kind} UID (${uid}) does not match service account ${kind} ref claim (${reference.uid})`;
}

function isGone({ metadata }: KubeObject, nowMs: number): boolean {
  const deleted = metadata.deletionTimestamp;
  return deleted !== undefined && (parseTime(deleted) ?? 0) < nowMs - LEEWAY_MS;
}
