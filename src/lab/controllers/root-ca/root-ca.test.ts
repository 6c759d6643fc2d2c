import { expect, test } from "vitest";
import { testControllers } from "../../../../test/support/controllers.ts";
import { configMaps, namespaces } from "../../../kube/kinds.ts";
import type { ConfigMap } from "../../../kube/types/index.ts";
import { ROOT_CA_CONFIG_MAP, rootCa } from "./root-ca.ts";

test("every namespace has the certificates, described as Kubernetes describes them", () => {
  const { api, runSeconds } = testControllers([rootCa("PEM")]);
  api.create(namespaces, { metadata: { name: "shop" } });
  runSeconds(1);
  for (const { metadata } of api.list(namespaces)) {
    const map = api.get(configMaps, metadata.name, ROOT_CA_CONFIG_MAP);
    expect(map?.data).toEqual({ "ca.crt": "PEM" });
    expect(map?.metadata.annotations?.["kubernetes.io/description"]).toMatch(
      /^Contains a CA bundle that can be used/,
    );
  }
});

test.each([
  { name: "a deletion is undone", tamper: (_: ConfigMap) => undefined },
  {
    name: "changed certificates are put right",
    tamper: (map: ConfigMap) => ({ ...map, data: { "ca.crt": "false" } }),
  },
  {
    name: "a lost description is put back",
    tamper: (map: ConfigMap) => ({ ...map, metadata: { ...map.metadata, annotations: {} } }),
  },
])("$name", ({ tamper }) => {
  const { api, runSeconds } = testControllers([rootCa("PEM")]);
  runSeconds(1);
  const before = api.get(configMaps, "default", ROOT_CA_CONFIG_MAP) as ConfigMap;
  const after = tamper(before);
  if (after === undefined) api.delete(configMaps, "default", ROOT_CA_CONFIG_MAP);
  else api.update(configMaps, after);
  runSeconds(1);
  const { data, metadata } = api.get(configMaps, "default", ROOT_CA_CONFIG_MAP) as ConfigMap;
  expect(data).toEqual(before.data);
  expect(metadata.annotations).toEqual(before.metadata.annotations);
});
