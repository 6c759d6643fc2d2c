/** An API server of its own for a test, on virtual time. */

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

/** A fresh server with the objects of a stock cluster; equal seeds give equal runs. */
export function testApi({ seed = 1 }: { readonly seed?: number } = {}): TestApi {
  const engine = new Engine({ seed });
  const server = createApiServer({ engine, timing: timingFor() });
  return { engine, server, api: server.api("test") };
}
