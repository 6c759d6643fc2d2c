/** Fields are changed, owned and given back in a lab, whose managed fields are as a real API server's. */
import { describe, expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import { deployments } from "../../kube/kinds.ts";
import type { Deployment } from "../../kube/types/index.ts";
import { createLocalClient } from "../../lab/client.ts";
import { drive } from "../../time/drive.ts";
import { appliedConfig } from "./applied-config.ts";
import { changesBetween } from "./field-changes.ts";
import { FIELD_MANAGER, givenBack, ownedAt, ownersOf } from "./field-owners.ts";
import { fieldText, placeOfKind, withValueAt } from "./field-path.ts";

const WEB = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        containers: [
          {
            name: "main",
            image: "nginx",
            livenessProbe: { httpGet: { path: "/", port: 80 }, initialDelaySeconds: 30 },
          },
          { name: "side", image: "busybox" },
        ],
      },
    },
  },
};

type Spec = Deployment["spec"];

function change(spec: Spec): Spec {
  const { strategy: _, ...rest } = spec;
  const [main, side] = spec.template.spec.containers as [never, never];
  const { initialDelaySeconds: __, ...liveness } = (main as { livenessProbe: Record<string, unknown> })
    .livenessProbe;
  return {
    ...rest,
    replicas: 2,
    strategy: { type: "Recreate" },
    template: {
      ...spec.template,
      spec: {
        ...spec.template.spec,
        tolerations: [{ key: "a", operator: "Exists" }],
        containers: [
          { ...(main as object), livenessProbe: { ...liveness, timeoutSeconds: 5 } },
          { ...(side as object), lifecycle: { preStop: { sleep: { seconds: 10 } } } },
        ],
      },
    },
  } as unknown as Spec;
}

async function started(how: "apply" | "create") {
  const { engine, server } = testApi();
  const client = createLocalClient(server);
  const live = await drive(
    engine,
    how === "apply"
      ? client.patch<Deployment>(deployments, "default", "web", "apply", WEB, { fieldManager: "flux" })
      : client.create<Deployment>(deployments, "default", WEB, { fieldManager: "helm" }),
  );
  return { engine, client, live };
}

describe.each(["apply", "create"] as const)("fields set by %s", (how) => {
  test("are told one by one, each with its owner", async () => {
    const { live } = await started(how);
    const changes = changesBetween(deployments, live, { ...live, spec: change(live.spec) } as Deployment);
    const owner = how === "apply" ? "flux" : "helm";
    expect(
      changes.map(({ path, before, after }) => [
        fieldText(path),
        before,
        after,
        ownersOf(live, path).map(({ manager }) => manager),
      ]),
    ).toEqual(
      expect.arrayContaining([
        ["spec.replicas", 1, 2, [owner]],
        ["spec.strategy.type", "RollingUpdate", "Recreate", how === "apply" ? [] : [owner]],
        [
          'spec.template.spec.containers[name="main"].livenessProbe.initialDelaySeconds',
          30,
          undefined,
          [owner],
        ],
        [
          'spec.template.spec.containers[name="side"].lifecycle',
          undefined,
          { preStop: { sleep: { seconds: 10 } } },
          [],
        ],
        ["spec.template.spec.tolerations", undefined, [{ key: "a", operator: "Exists" }], []],
      ]),
    );
  });

  test("are taken by server-side apply and given back as if nothing had been", async () => {
    const { engine, client, live } = await started(how);
    const wanted = { ...live, spec: change(live.spec) };
    const changes = changesBetween(deployments, live, wanted);
    const paths = changes.map(({ path }) => path);
    const before = ownedAt(live, paths);
    const config = appliedConfig(deployments, live, changes);
    // What goes, goes first: an apply cannot say it.
    await drive(
      engine,
      client.update(deployments, "default", "web", wanted as never, { fieldManager: FIELD_MANAGER }),
    );
    const query = { fieldManager: FIELD_MANAGER, force: true };
    const after = await drive(
      engine,
      client.patch<Deployment>(deployments, "default", "web", "apply", config, query),
    );
    expect(after.spec).toEqual(wanted.spec);

    const place = placeOfKind(deployments);
    const restored = changes.reduce(
      (object, { path, before: value }) => withValueAt(object, path, value, place),
      after,
    );
    const valued = await drive(
      engine,
      client.update<Deployment>(deployments, "default", "web", restored as never, {
        fieldManager: FIELD_MANAGER,
      }),
    );
    const managedFields = givenBack(valued.metadata.managedFields ?? [], paths, before);
    const body = { ...valued, metadata: { ...valued.metadata, managedFields } };
    const end = await drive(engine, client.update<Deployment>(deployments, "default", "web", body as never));
    expect(end.spec).toEqual(live.spec);
    expect(end.metadata.managedFields).toEqual(live.metadata.managedFields);
  });
});
