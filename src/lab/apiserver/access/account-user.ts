import type { UserInfo } from "./access.ts";

const PREFIX = "system:serviceaccount:";

/** A service account by its place. */
export interface AccountName {
  readonly namespace: string;
  readonly name: string;
}

/** How requests of a service account are signed. */
export function accountUserName({ namespace, name }: AccountName): string {
  return `${PREFIX}${namespace}:${name}`;
}

/** The groups that every service account of a namespace is in. */
export function accountGroups(namespace: string): readonly string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

/** The service account behind a user name, if the name is one's. */
export function accountOfUserName(user: string): AccountName | undefined {
  if (!user.startsWith(PREFIX)) return undefined;
  const parts = user.slice(PREFIX.length).split(":");
  const [namespace = "", name = ""] = parts;
  return parts.length === 2 && namespace !== "" && name !== "" ? { namespace, name } : undefined;
}

/** Whoever is in this group may do everything, whatever rules there are. */
export const MASTERS = "system:masters";

/** Whether rules mean nothing to a user. */
export function isMaster({ groups }: UserInfo): boolean {
  return groups.includes(MASTERS);
}
