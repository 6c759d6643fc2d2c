/** An API server of its own for a test, on virtual time. */
import {
  configMaps,
  KINDS,
  namespaces,
  nodes,
  OPTIONAL_KINDS,
  serviceAccounts,
} from "../../src/kube/kinds.ts";
import { TAINT_NOT_READY } from "../../src/kube/taints.ts";
import { timingFor } from "../../src/kube/timing.ts";
import type { Api } from "../../src/lab/apiserver/api.ts";
import { createApiServer } from "../../src/lab/apiserver/create-api-server.ts";
import type { ApiServer } from "../../src/lab/apiserver/server.ts";
import { Engine } from "../../src/time/engine.ts";

/** What a test of something that runs against the API gets. */
export interface TestApi {
  readonly engine: Engine;
  readonly server: ApiServer;
  /** As the user "test", who may do everything. */
  readonly api: Api;
}

export interface TestApiOptions {
  readonly seed?: number;
  /** Whether namespaces get their "default" service account, which pods cannot do without. Yes unless told otherwise. */
  readonly serviceAccounts?: boolean;
  /** Gives namespaces the ConfigMap with the cluster's certificate, which a kubelet has to mount into pods. */
  readonly rootCertificates?: boolean;
  /** Takes the not-ready taint, which admission gives to new nodes, off again at once, as the node controller does in time. */
  readonly untaintNodes?: boolean;
  /** Serves mutating admission policies, and acts on them. */
  readonly mutatingPolicies?: boolean;
}

/** A fresh server with the objects of a stock cluster; equal seeds give equal runs. */
export function testApi(options: TestApiOptions = {}): TestApi {
  const {
    seed = 1,
    serviceAccounts: accounts = true,
    rootCertificates = false,
    untaintNodes = false,
    mutatingPolicies = false,
  } = options;
  const engine = new Engine({ seed });
  const kinds = mutatingPolicies ? [...KINDS, ...OPTIONAL_KINDS] : KINDS;
  const server = createApiServer({ engine, timing: timingFor(), kinds, mutatingPolicies });
  const manager = server.api("kube-controller-manager");
  if (accounts) {
    inEveryNamespace(manager, (namespace) =>
      manager.create(serviceAccounts, { metadata: { name: "default", namespace } }),
    );
  }
  if (rootCertificates) {
    inEveryNamespace(manager, (namespace) =>
      manager.create(configMaps, {
        metadata: { name: "kube-root-ca.crt", namespace },
        data: { "ca.crt": "" },
      }),
    );
  }
  if (untaintNodes) takeNotReadyTaints(server.api("node-controller"));
  return { engine, server, api: server.api("test") };
}

function inEveryNamespace(api: Api, act: (namespace: string) => void): void {
  for (const namespace of api.list(namespaces)) act(namespace.metadata.name);
  api.onChange(namespaces, ({ type, object }) => {
    if (type === "ADDED") act(object.metadata.name);
  });
}

/** Only the one that admission gave: a test's own taints are its own affair. */
function takeNotReadyTaints(api: Api): void {
  api.onChange(nodes, ({ type, object }) => {
    const { taints = [], ...spec } = object.spec;
    const last = taints.at(-1);
    if (type !== "ADDED" || last?.key !== TAINT_NOT_READY || last.effect !== "NoSchedule") return;
    const kept = taints.slice(0, -1);
    api.update(nodes, { ...object, spec: kept.length === 0 ? spec : { ...spec, taints: kept } });
  });
}
