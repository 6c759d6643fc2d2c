/** The clusters that exchanges are played against: an API server in this process, one over HTTPS. */

import type { Body } from "../../../src/client/client.ts";
import type { ClusterAccess } from "../../../src/client/http/cluster-access.ts";
import { createHttpClient } from "../../../src/client/http/http-client.ts";
import { accessFrom, parseKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { pathOf, queryText } from "../../../src/client/http/paths.ts";
import { tableFor } from "../../../src/kube/tables/tables.ts";
import { createLocalClient } from "../../../src/lab/client.ts";
import { type TestApiOptions, testApi } from "../../support/api.ts";
import { startTestServer } from "../../support/http-server.ts";
import type { ExchangeCluster } from "./exchanges.ts";

const TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

/** Takes what was said since it was asked last. */
class Warnings {
  #texts: string[] = [];
  readonly add = (text: string): void => {
    this.#texts.push(text);
  };
  readonly take = (): readonly string[] => this.#texts.splice(0);
}

/** The lab's API server in this process, with nothing acting on what it stores. */
export function localCounterpart(options: TestApiOptions = {}): ExchangeCluster {
  const { engine, server } = testApi(options);
  const warnings = new Warnings();
  const client = createLocalClient(server, { onWarning: warnings.add });
  return {
    client,
    async table(kind, query) {
      const { items } = await client.list(kind, query);
      return { ...tableFor(kind, items, { nowMs: engine.now() }) } as Body;
    },
    warnings: warnings.take,
    user: "system:admin",
    settle: async () => {},
    elapse: (ms) => engine.runFor(ms),
    close: async () => {},
  };
}

/** The same over HTTPS. */
export async function httpsCounterpart(options: TestApiOptions = {}): Promise<ExchangeCluster> {
  const server = await startTestServer({}, options);
  const access = accessFrom([parseKubeconfig(server.http.kubeconfig, "kubeconfig")]);
  return remoteCounterpart(access, "holdfast-admin", () => server.close());
}

/** Any API server over HTTPS. */
export function remoteCounterpart(
  access: ClusterAccess,
  user: string,
  close: () => Promise<void>,
  settleMs = 0,
): ExchangeCluster {
  const warnings = new Warnings();
  const client = createHttpClient(access, { onWarning: warnings.add });
  return {
    client,
    async table(kind, { namespace, ...query }) {
      const path = pathOf(kind, namespace) + queryText({ ...query });
      return (await client.fetch({ method: "GET", path, accept: TABLE })) as Body;
    },
    warnings: warnings.take,
    user,
    settle: async () => {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
    },
    elapse: () => {},
    async close() {
      client.close();
      await close();
    },
  };
}
