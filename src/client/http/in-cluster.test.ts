import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { inClusterAccess } from "./in-cluster.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-account-"));
for (const [name, text] of [
  ["ca.crt", "PEM"],
  ["token", "secret"],
  ["namespace", "shop\n"],
] as const)
  writeFileSync(join(folder, name), text);
afterAll(() => rmSync(folder, { recursive: true }));

const POD = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };

test("a pod signs in as its service account, with a token that is read anew when it is replaced", () => {
  expect(inClusterAccess(POD, folder)).toEqual({
    server: "https://10.96.0.1:443",
    certificateAuthority: "PEM",
    skipTlsVerify: false,
    namespace: "shop",
    context: "in-cluster",
    user: { tokenFile: join(folder, "token"), impersonation: {} },
  });
});

test.each([
  {
    name: "an IPv6 address stands in brackets",
    env: { ...POD, KUBERNETES_SERVICE_HOST: "fd00::1" },
    at: folder,
    server: "https://[fd00::1]:443",
  },
  { name: "outside of a pod there is no way in", env: {}, at: folder, server: undefined },
  { name: "a pod without a token has none either", env: POD, at: join(folder, "none"), server: undefined },
])("$name", ({ env, at, server }) => {
  expect(inClusterAccess(env, at)?.server).toBe(server);
});
