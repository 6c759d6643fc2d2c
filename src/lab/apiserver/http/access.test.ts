/** Nothing is readable without credentials, or with those of somebody who has no rights, but what a stock cluster shows them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Call, sendCall } from "../../../../test/support/http-call.ts";
import { startTestServer, type TestServer } from "../../../../test/support/http-server.ts";
import type { ClusterAccess } from "../../../client/http/cluster-access.ts";
import { accessFrom, parseKubeconfig } from "../../../client/http/kubeconfig.ts";
import { serviceAccounts } from "../../../kube/kinds.ts";
import { CertificateAuthority } from "./certificates.ts";
import { labAuthority } from "./http-server.ts";

const authority = labAuthority();
let server: TestServer;
let access: ClusterAccess;

beforeAll(async () => {
  server = await startTestServer({ authority });
  access = accessFrom([parseKubeconfig(server.http.kubeconfig, "kubeconfig")]);
});
afterAll(() => server.close());

const call = (path: string, more?: Call) => sendCall(server.http.url, access, path, more);

/** Paths that stand for everything: those that the server lists, and every resource. */
async function everything(): Promise<readonly string[]> {
  const { paths } = (await call("/")).json() as unknown as { paths: readonly string[] };
  const resources = server.server.kinds
    .all()
    .map(({ group, version, plural }) => `/${group === "" ? "api" : `apis/${group}`}/${version}/${plural}`);
  return [...paths, ...resources];
}

/** The paths that somebody gets an answer other than `code` from. */
async function openTo(as: Call["as"], code: number): Promise<readonly string[]> {
  const open: string[] = [];
  for (const path of await everything()) {
    const reply = await call(path, as === undefined ? {} : { as });
    if (reply.code !== code) open.push(path);
  }
  return open;
}

test("without credentials there is health and version", async () => {
  expect(await openTo({}, 403)).toEqual(["/healthz", "/livez", "/readyz", "/version"]);
});

test("with a wrong token there is nothing", async () => {
  expect(await openTo({ token: "guessed" }, 401)).toEqual([]);
});

test("with a token that nothing is bound to there is discovery", async () => {
  const robot = server.api.create(serviceAccounts, { metadata: { namespace: "default", name: "robot" } });
  const token = server.server.tokens.issue(robot, {
    audiences: ["https://kubernetes.default.svc"],
    expirationSeconds: 600,
  });
  const open = await openTo({ token }, 403);
  const shown = /^\/(api|apis|healthz|livez|openapi|readyz|version)(\/|$)/;
  expect(open.filter((path) => !shown.test(path))).toEqual([
    "/.well-known/openid-configuration",
    "/openid/v1/jwks",
  ]);
  expect(open.filter((path) => /\/(pods|nodes|secrets|clusterroles)$/.test(path))).toEqual([]);
});

describe("a client certificate", () => {
  const whoami = (as: Call["as"]) =>
    call("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      ...(as === undefined ? {} : { as }),
    });
  const signed = (by: CertificateAuthority, commonName: string, usage: "client" | "server" = "client") => {
    const { certificate, privateKey } = by.issue({ commonName, organizations: ["dev", "ops"], usage });
    return { cert: certificate, key: privateKey };
  };

  test("says who one is, and which groups one is in", async () => {
    expect((await whoami(signed(authority, "carol"))).json()).toMatchObject({
      status: {
        userInfo: {
          username: "carol",
          groups: ["dev", "ops", "system:authenticated"],
          extra: {
            "authentication.kubernetes.io/credential-id": [
              expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/),
            ],
          },
        },
      },
    });
  });

  test("counts before a token, and a token counts where the certificate does not", async () => {
    const token = access.user.token ?? "";
    expect((await whoami({ ...signed(authority, "carol"), token: "wrong" })).code).toBe(201);
    const other = new CertificateAuthority("other", Date.now());
    expect((await whoami({ ...signed(other, "carol"), token })).json()).toMatchObject({
      status: { userInfo: { username: "holdfast-admin" } },
    });
  });

  test.each([
    {
      name: "of another authority",
      code: 401,
      of: () => signed(new CertificateAuthority("other", Date.now()), "x"),
    },
    { name: "for a server", code: 401, of: () => signed(authority, "x", "server") },
    { name: "for nobody", code: 403, of: () => signed(authority, "") },
  ])("$name is answered by $code", async ({ of, code }) => {
    expect((await whoami(of())).code).toBe(code);
  });
});
