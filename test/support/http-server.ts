/** An API server that listens, for tests of what goes over the wire. */

import {
  type HttpServer,
  type HttpServerOptions,
  startHttpServer,
} from "../../src/lab/apiserver/http/http-server.ts";
import { runOnWallClock } from "../../src/time/wall-clock.ts";
import { type TestApi, type TestApiOptions, testApi } from "./api.ts";

export interface TestServer extends TestApi {
  readonly http: HttpServer;
  close(): Promise<void>;
}

/** A fresh server on a free port; its time passes with the machine's. */
export async function startTestServer(
  options: Partial<HttpServerOptions> = {},
  api: TestApiOptions = {},
): Promise<TestServer> {
  const core = testApi(api);
  const clock = runOnWallClock(core.engine);
  const http = await startHttpServer({
    server: core.server,
    catchUp: clock.catchUp,
    admin: { machines: new Map(), failures: NO_FAILURES, about: {} },
    ...options,
  });
  return {
    ...core,
    http,
    async close() {
      clock.stop();
      await http.close();
    },
  };
}

const NO_FAILURES = {
  fail() {},
  heal() {},
  failZone() {},
  healZone() {},
  setApiServer() {},
  jumpClock() {},
};
