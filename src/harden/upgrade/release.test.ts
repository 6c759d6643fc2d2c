import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import { secrets } from "../../kube/kinds.ts";
import { StatusError } from "../../kube/status-error.ts";
import { createLocalClient } from "../../lab/client.ts";
import { drive } from "../../time/drive.ts";
import { readRelease } from "./release.ts";

const MANIFEST = `---
# Source: web/templates/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
`;

interface Revision {
  readonly status: string;
  /** helm 3 has none. */
  readonly method?: string;
}

/** As helm keeps it: JSON, zipped, in base64, as a Secret's value. */
function secretOf({ status, method }: Revision, version: number) {
  const record = {
    name: "web",
    namespace: "default",
    version,
    manifest: MANIFEST.replace("settings}", `settings-${version}}`),
    info: { status },
    ...(method !== undefined && { apply_method: method }),
  };
  const zipped = gzipSync(JSON.stringify(record)).toString("base64");
  return {
    metadata: { name: `sh.helm.release.v1.web.v${version}`, labels: { owner: "helm", name: "web", status } },
    type: "helm.sh/release.v1",
    data: { release: Buffer.from(zipped).toString("base64") },
  };
}

async function releaseOf(revisions: readonly Revision[]) {
  const { engine, server } = testApi();
  const client = createLocalClient(server);
  for (const [i, revision] of revisions.entries())
    await drive(engine, client.create(secrets, "default", secretOf(revision, i + 1)));
  return drive(engine, readRelease(client, { namespace: "default", name: "web" }));
}

describe("helm's record of a release", () => {
  test("tells how it was written, and what is deployed", async () => {
    const release = await releaseOf([{ status: "superseded" }, { status: "deployed", method: "ssa" }]);
    expect(release).toMatchObject({ lastMethod: "server-side", deployedMethod: "server-side" });
    expect(release?.deployed?.map(({ metadata }) => metadata.name)).toEqual(["settings-2"]);
  });

  test("without a method is of helm 3, which writes client-side", async () => {
    expect(await releaseOf([{ status: "deployed" }])).toMatchObject({ lastMethod: "client-side" });
  });

  test("whose last upgrade failed goes on from what is deployed, in the way of the failed one", async () => {
    const release = await releaseOf([
      { status: "deployed", method: "ssa" },
      { status: "failed", method: "csa" },
    ]);
    expect(release).toMatchObject({ lastMethod: "client-side", deployedMethod: "server-side" });
    expect(release?.deployed?.map(({ metadata }) => metadata.name)).toEqual(["settings-1"]);
  });

  test("is none where there is no Secret, or none may be read", async () => {
    expect(await releaseOf([])).toBeUndefined();
    const list = () => Promise.reject(new StatusError("Forbidden", "may not list secrets"));
    const reader = { list, get: list };
    expect(await readRelease(reader, { namespace: "default", name: "web" })).toBeUndefined();
  });

  test("that helm could not read either is passed over", async () => {
    const { engine, server } = testApi();
    const client = createLocalClient(server);
    const broken = { ...secretOf({ status: "deployed" }, 1), data: { release: "AAAA" } };
    await drive(engine, client.create(secrets, "default", broken));
    expect(await drive(engine, readRelease(client, { namespace: "default", name: "web" }))).toBeUndefined();
  });
});
