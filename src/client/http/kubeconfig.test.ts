import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { accessFrom, KubeconfigError, loadKubeconfig, parseKubeconfig } from "./kubeconfig.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A kubeconfig of one cluster; `user` and `cluster` are what a case is about. */
function config({
  user = {},
  cluster = {},
  name = "one",
  current = name,
}: {
  readonly user?: object;
  readonly cluster?: object;
  readonly name?: string;
  readonly current?: string;
} = {}) {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: `https://${name}:6443/`, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: "shop" } }],
    ...(current === "" ? {} : { "current-context": current }),
  };
}

const read = (content: object, context?: string) =>
  accessFrom([parseKubeconfig(stringify(content), "kc")], context);

describe("a kubeconfig", () => {
  test("leads to the cluster of its current context", () => {
    expect(read(config({ user: { token: "t" } }))).toEqual({
      server: "https://one:6443",
      skipTlsVerify: false,
      namespace: "shop",
      context: "one",
      user: { token: "t", impersonation: {} },
    });
  });

  test("holds certificates inline or in files beside it, and inline ones count", () => {
    mkdirSync(join(folder, "pki"), { recursive: true });
    writeFileSync(join(folder, "pki/ca.pem"), "FILE CA");
    writeFileSync(join(folder, "pki/cert.pem"), "FILE CERT");
    const path = join(folder, "files");
    const user = {
      "client-certificate": "pki/cert.pem",
      "client-key": "nowhere",
      "client-key-data": Buffer.from("INLINE KEY").toString("base64"),
      tokenFile: "pki/token",
    };
    writeFileSync(path, stringify(config({ user, cluster: { "certificate-authority": "pki/ca.pem" } })));
    expect(loadKubeconfig({ path })).toMatchObject({
      certificateAuthority: "FILE CA",
      user: { clientCertificate: "FILE CERT", clientKey: "INLINE KEY", tokenFile: join(folder, "pki/token") },
    });
  });

  test("may ask to act as somebody else", () => {
    const user = { as: "jane", "as-groups": ["a", "b"], "as-user-extra": { "a b": ["c"] } };
    expect(read(config({ user })).user.impersonation).toEqual({
      "impersonate-user": ["jane"],
      "impersonate-group": ["a", "b"],
      "impersonate-extra-a%20b": ["c"],
    });
  });

  test("may name a program that signs in", () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "./login",
      args: ["--fast"],
      env: [{ name: "A", value: "1" }],
      installHint: "install it",
      provideClusterInfo: true,
    };
    const path = join(folder, "exec");
    writeFileSync(path, stringify(config({ user: { exec } })));
    expect(loadKubeconfig({ path }).user.exec).toEqual({
      apiVersion: exec.apiVersion,
      command: join(folder, "login"),
      args: ["--fast"],
      env: { A: "1" },
      installHint: "install it",
      provideClusterInfo: true,
    });
  });
});

describe("several files", () => {
  const write = (name: string, content: object) => {
    const path = join(folder, name);
    writeFileSync(path, stringify(content));
    return path;
  };
  const first = write("first", config({ name: "one" }));
  const second = write("second", {
    ...config({ name: "two" }),
    users: [
      { name: "one", user: { token: "later" } },
      { name: "two", user: {} },
    ],
  });

  test("are merged: what is named first counts", () => {
    const env = { KUBECONFIG: [first, join(folder, "missing"), second].join(delimiter) };
    expect(loadKubeconfig({ env })).toMatchObject({ context: "one", user: { impersonation: {} } });
    expect(loadKubeconfig({ env }).user.token).toBeUndefined();
    expect(loadKubeconfig({ env, context: "two" }).server).toBe("https://two:6443");
  });

  test("give way to the file that is asked for", () => {
    expect(loadKubeconfig({ env: { KUBECONFIG: first }, path: second }).context).toBe("two");
  });

  test("may not all be missing", () => {
    const env = { KUBECONFIG: join(folder, "missing") };
    expect(() => loadKubeconfig({ env })).toThrow(/Cannot read the kubeconfig .*missing: ENOENT/);
  });
});

describe("what cannot be used is refused and named", () => {
  test.each([
    {
      name: "no context",
      content: config({ current: "" }),
      why: "names no current-context; choose one with --context",
    },
    {
      name: "a context that is not there",
      content: config({ current: "other" }),
      why: 'has no context "other"; there is one',
    },
    {
      name: "a cluster that is not there",
      content: { ...config(), clusters: [] },
      why: 'has no cluster "one"; there is none',
    },
    {
      name: "no server",
      content: config({ cluster: { server: "one:6443" } }),
      why: "has no server such as https://host:6443",
    },
    {
      name: "a proxy",
      content: config({ cluster: { "proxy-url": "socks5://p" } }),
      why: "is reached through proxy-url, which Holdfast cannot do",
    },
    {
      name: "an old auth provider",
      content: config({ user: { "auth-provider": { name: "gcp" } } }),
      why: "signs in through the auth-provider gcp",
    },
    {
      name: "a plug-in without a command",
      content: config({ user: { exec: { apiVersion: "v1" } } }),
      why: "without command or apiVersion",
    },
    {
      name: "a file that is not there",
      content: config({ user: { "client-key": "/nowhere/key" } }),
      why: "Cannot read the client-key of one: ENOENT",
    },
    { name: "a list", content: [1], why: "holds no mapping" },
  ])("$name", ({ content, why }) => {
    expect(() => read(content)).toThrow(KubeconfigError);
    expect(() => read(content)).toThrow(why);
  });

  test("text that is no YAML", () => {
    expect(() => parseKubeconfig("a: [", "kc")).toThrow(/^The kubeconfig kc is not valid YAML/);
  });
});
