/**
 * Reads kubeconfigs as kubectl does: several files merged, the first to name something wins; paths are relative to the file
 * they stand in. What comes out is everything one connection needs. Sign-in that is not understood is refused, not skipped.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { ClusterAccess, ExecPlugin, UserAccess } from "./cluster-access.ts";
import { inClusterAccess } from "./in-cluster.ts";

/** A kubeconfig that cannot be used: names the file and what is wrong with it. */
export class KubeconfigError extends Error {
  override readonly name = "KubeconfigError";
}

export interface KubeconfigOptions {
  /** A file; else what KUBECONFIG lists; else ~/.kube/config; else, in a pod, its service account. */
  readonly path?: string | undefined;
  /** The context to use instead of the current one. */
  readonly context?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Finds the kubeconfig and the way in that its context names. @throws {KubeconfigError} */
export function loadKubeconfig(options: KubeconfigOptions = {}): ClusterAccess {
  const { env = process.env } = options;
  const listed = env.KUBECONFIG?.split(delimiter).filter((path) => path !== "") ?? [];
  if (options.path !== undefined) return accessFrom([readKubeconfig(options.path)], options.context);
  if (listed.length === 0) {
    const path = join(homedir(), ".kube", "config");
    // A pod has none, and needs none. A context is one of a file.
    const own = isReadable(path) || options.context !== undefined ? undefined : inClusterAccess(env);
    return own ?? accessFrom([readKubeconfig(path)], options.context);
  }
  // As kubectl, of several files some may be missing.
  const found = listed.filter((path) => listed.length === 1 || isReadable(path));
  return accessFrom(found.map(readKubeconfig), options.context);
}

type Fields = Readonly<Record<string, unknown>>;

interface KubeconfigFile {
  readonly path: string;
  readonly content: Fields;
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function readKubeconfig(path: string): KubeconfigFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new KubeconfigError(`Cannot read the kubeconfig ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return parseKubeconfig(text, path);
}

/** The content of one file; relative paths in it start from where `path` is. */
export function parseKubeconfig(text: string, path: string): KubeconfigFile {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new KubeconfigError(`The kubeconfig ${path} is not valid YAML: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new KubeconfigError(
      `The kubeconfig ${path} holds no mapping; expected clusters, users and contexts`,
    );
  }
  return { path, content: content as Fields };
}

/** The way in that a context of these files names. @throws {KubeconfigError} */
export function accessFrom(files: readonly KubeconfigFile[], contextName?: string): ClusterAccess {
  const where = files.map(({ path }) => path).join(", ") || "(no file)";
  const current = files.map(({ content }) => content["current-context"]).find((name) => Boolean(name));
  const name = contextName ?? current;
  if (typeof name !== "string")
    throw new KubeconfigError(`The kubeconfig ${where} names no current-context; choose one with --context`);
  const context = find(files, "contexts", "context", name, where);
  const cluster = find(files, "clusters", "cluster", String(context.entry.cluster), where);
  const user = context.entry.user
    ? find(files, "users", "user", String(context.entry.user), where)
    : undefined;
  return {
    ...clusterAccess(cluster, where),
    namespace: text(context.entry, "namespace") ?? "default",
    context: name,
    user: user === undefined ? { impersonation: {} } : userAccess(user, where),
  };
}

interface Found {
  readonly name: string;
  readonly entry: Fields;
  readonly folder: string;
}

function find(
  files: readonly KubeconfigFile[],
  list: "contexts" | "clusters" | "users",
  field: string,
  name: string,
  where: string,
): Found {
  const known: string[] = [];
  for (const { path, content } of files) {
    const entries = Array.isArray(content[list]) ? (content[list] as readonly Fields[]) : [];
    for (const each of entries) {
      known.push(String(each.name));
      if (each.name === name) {
        return { name, entry: (each[field] ?? {}) as Fields, folder: dirname(resolve(path)) };
      }
    }
  }
  const there = known.length === 0 ? "none" : known.join(", ");
  throw new KubeconfigError(
    `The kubeconfig ${where} has no ${field} ${JSON.stringify(name)}; there is ${there}`,
  );
}

function clusterAccess(
  cluster: Found,
  where: string,
): Pick<ClusterAccess, "server" | "certificateAuthority" | "skipTlsVerify" | "tlsServerName"> {
  const server = text(cluster.entry, "server");
  if (server === undefined || !/^https?:\/\//.test(server)) {
    throw new KubeconfigError(
      `Cluster ${cluster.name} of the kubeconfig ${where} has no server such as https://host:6443`,
    );
  }
  if (cluster.entry["proxy-url"]) {
    throw new KubeconfigError(
      `Cluster ${cluster.name} of the kubeconfig ${where} is reached through proxy-url, which Holdfast cannot do`,
    );
  }
  return {
    server: server.replace(/\/+$/, ""),
    ...optional("certificateAuthority", pem(cluster, "certificate-authority")),
    skipTlsVerify: cluster.entry["insecure-skip-tls-verify"] === true,
    ...optional("tlsServerName", text(cluster.entry, "tls-server-name")),
  };
}

function userAccess(user: Found, where: string): UserAccess {
  const { entry } = user;
  if (entry["auth-provider"]) {
    const plugin = (entry["auth-provider"] as Fields).name;
    throw new KubeconfigError(
      `User ${user.name} of the kubeconfig ${where} signs in through the auth-provider ${plugin}, which kubectl has dropped too; use an exec plug-in, a token or a client certificate`,
    );
  }
  const tokenFile = text(entry, "tokenFile");
  return {
    ...optional("token", text(entry, "token")),
    ...optional("tokenFile", tokenFile && resolve(user.folder, tokenFile)),
    ...optional("clientCertificate", pem(user, "client-certificate")),
    ...optional("clientKey", pem(user, "client-key")),
    ...optional("username", text(entry, "username")),
    ...optional("password", text(entry, "password")),
    ...optional("exec", entry.exec ? execPlugin(entry.exec as Fields, user, where) : undefined),
    impersonation: impersonation(entry),
  };
}

function execPlugin(exec: Fields, user: Found, where: string): ExecPlugin {
  const command = text(exec, "command");
  const apiVersion = text(exec, "apiVersion");
  if (command === undefined || apiVersion === undefined) {
    throw new KubeconfigError(
      `User ${user.name} of the kubeconfig ${where} has an exec plug-in without command or apiVersion`,
    );
  }
  const env = (Array.isArray(exec.env) ? exec.env : []) as readonly {
    readonly name: string;
    readonly value: string;
  }[];
  return {
    apiVersion,
    // A bare name is looked up in PATH; anything else is a path from where the file is.
    command: /[/\\]/.test(command) ? resolve(user.folder, command) : command,
    args: Array.isArray(exec.args) ? exec.args.map(String) : [],
    env: Object.fromEntries(env.map(({ name, value }) => [name, value])),
    ...optional("installHint", text(exec, "installHint")),
    provideClusterInfo: exec.provideClusterInfo === true,
  };
}

function impersonation(entry: Fields): UserAccess["impersonation"] {
  const headers: Record<string, string[]> = {};
  if (entry.as) headers["impersonate-user"] = [String(entry.as)];
  if (entry["as-uid"]) headers["impersonate-uid"] = [String(entry["as-uid"])];
  if (Array.isArray(entry["as-groups"])) headers["impersonate-group"] = entry["as-groups"].map(String);
  for (const [key, values] of Object.entries((entry["as-user-extra"] ?? {}) as Fields)) {
    headers[`impersonate-extra-${encodeURIComponent(key)}`] = Array.isArray(values) ? values.map(String) : [];
  }
  return headers;
}

/** Inline data wins over a file of the same purpose. */
function pem({ entry, folder, name }: Found, field: string): string | undefined {
  const data = text(entry, `${field}-data`);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const file = text(entry, field);
  if (file === undefined) return undefined;
  const path = resolve(folder, file);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new KubeconfigError(`Cannot read the ${field} of ${name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function text(entry: Fields, field: string): string | undefined {
  const value = entry[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function optional<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  return (value === undefined || value === "" ? {} : { [name]: value }) as { readonly [N in Name]?: T };
}
