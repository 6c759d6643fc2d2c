/** Acting as somebody else: the Impersonate headers, each of which the real user must have the right to. */
import type { ResourceAttributes } from "../../../kube/rbac/attributes.ts";
import type { UserInfo } from "../access/access.ts";
import { accountGroups, accountOfUserName, accountUserName } from "../access/account-user.ts";
import type { Authorizer } from "../access/authorizer.ts";
import { refusal } from "./authorize.ts";
import { TextRefusal } from "./refusals.ts";

const AUTHENTICATED = "system:authenticated";
const UNAUTHENTICATED = "system:unauthenticated";
const ANONYMOUS_NAME = "system:anonymous";
const EXTRA_PREFIX = "impersonate-extra-";

/** Whom the headers of a request ask to be. */
interface Wish {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid: string;
  /** Values by key. */
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/**
 * The user that a request is to be handled for: `undefined` when the headers ask for nobody else. `headers` are names and
 * values in turn, as they came.
 * @throws {StatusError} Forbidden for whoever may not act as that user, that group …
 * @throws {TextRefusal} for headers that name no user
 */
export function impersonated(
  user: UserInfo,
  headers: readonly string[],
  path: string,
  authorizer: Authorizer,
): UserInfo | undefined {
  const wish = wishOf(headers);
  if (wish === undefined) return undefined;
  if (wish.user === "") {
    throw new TextRefusal(
      500,
      `Internal Server Error: ${JSON.stringify(path)}: requested [${unowned(wish)}] without impersonating a user\n`,
    );
  }
  for (const attributes of rightsNeeded(wish)) {
    const decision = authorizer.authorize(user, attributes);
    if (!decision.allowed) throw refusal(user, attributes, decision);
  }
  return become(wish);
}

function wishOf(headers: readonly string[]): Wish | undefined {
  const wish = { user: "", groups: [] as string[], uid: "", extra: new Map<string, readonly string[]>() };
  let isAsked = false;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase();
    const value = headers[i + 1] as string;
    if (!name.startsWith("impersonate-")) continue;
    if (name === "impersonate-user") wish.user ||= value;
    else if (name === "impersonate-group") wish.groups.push(value);
    else if (name === "impersonate-uid") wish.uid ||= value;
    else if (name.startsWith(EXTRA_PREFIX)) {
      const key = unescaped(name.slice(EXTRA_PREFIX.length));
      wish.extra.set(key, [...(wish.extra.get(key) ?? []), value]);
    } else continue;
    isAsked ||= value !== "" || name !== "impersonate-user";
  }
  return isAsked ? wish : undefined;
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** What is asked for, as Go prints its references to it. */
function unowned({ groups, uid, extra }: Wish): string {
  return [
    ...groups.map((name) => `{Group  ${name}    }`),
    ...pairs(extra).map(([key, value]) => `{UserExtra  ${value}  authentication.k8s.io/v1  ${key}}`),
    ...(uid === "" ? [] : [`{UID  ${uid}  authentication.k8s.io/v1  }`]),
  ].join(" ");
}

function pairs(extra: Wish["extra"]): readonly (readonly [key: string, value: string])[] {
  return [...extra].flatMap(([key, values]) => values.map((value) => [key, value] as const));
}

function rightsNeeded({ user, groups, uid, extra }: Wish): readonly ResourceAttributes[] {
  const account = accountOfUserName(user);
  const right = (resource: string, name: string): ResourceAttributes => ({
    type: "resource",
    verb: "impersonate",
    group: "",
    resource,
    name,
  });
  const authentication = { group: "authentication.k8s.io" };
  return [
    account === undefined
      ? right("users", user)
      : { ...right("serviceaccounts", account.name), namespace: account.namespace },
    ...groups.map((group) => right("groups", group)),
    ...pairs(extra).map(([subresource, value]) => ({
      ...right("userextras", value),
      ...authentication,
      subresource,
    })),
    ...(uid === "" ? [] : [{ ...right("uids", uid), ...authentication }]),
  ];
}

/** Who wants to be somebody is somebody, unless they ask to be nobody. */
function become({ user, groups, uid, extra }: Wish): UserInfo {
  const account = accountOfUserName(user);
  const implied = groups.length === 0 && account !== undefined ? accountGroups(account.namespace) : groups;
  const everybody = user === ANONYMOUS_NAME ? UNAUTHENTICATED : AUTHENTICATED;
  const isSaid =
    implied.includes(UNAUTHENTICATED) || (everybody === AUTHENTICATED && implied.includes(AUTHENTICATED));
  return {
    name: account === undefined ? user : accountUserName(account),
    ...(uid === "" ? {} : { uid }),
    groups: isSaid ? implied : [...implied, everybody],
    ...(extra.size === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}
