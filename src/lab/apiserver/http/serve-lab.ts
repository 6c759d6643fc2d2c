import { runOnWallClock, wallNow } from "../../../time/wall-clock.ts";
import type { Lab } from "../../lab.ts";
import type { CertificateAuthority } from "./certificates.ts";
import { type HttpServer, startHttpServer } from "./http-server.ts";
import { gitVersion } from "./version.ts";

export interface ServeOptions {
  /** Whose certificate the lab was made with; one of its own when absent. */
  readonly authority?: CertificateAuthority;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** How many of the lab's seconds pass in one of ours. */
  readonly speed?: number;
  /** Minor version of Kubernetes that the lab is like. */
  readonly minor?: number;
  /** Takes the audit log line by line. */
  readonly audit?: (line: string) => void;
  /** Told of every failure that is a bug of ours. */
  readonly onBug?: (error: unknown) => void;
}

/** Opens a lab to clients outside the process, and lets its time pass with the machine's until it is closed. */
export async function serveLab(lab: Lab, options: ServeOptions = {}): Promise<HttpServer> {
  const { speed = 1, minor = 34, onBug = () => {}, audit } = options;
  const startedMs = wallNow();
  const clock = runOnWallClock(lab.engine, speed, onBug);
  try {
    const server = await startHttpServer({
      server: lab.server,
      catchUp: clock.catchUp,
      admin: {
        machines: lab.world.machines,
        failures: lab.failures,
        about: {
          pid: process.pid,
          speed,
          kubernetesVersion: gitVersion(minor),
          startedMs: Math.round(startedMs),
        },
      },
      ...(options.authority === undefined ? {} : { authority: options.authority }),
      ...(options.port === undefined ? {} : { port: options.port }),
      minor,
      speed,
      onBug,
      ...(audit === undefined ? {} : { audit }),
    });
    return {
      ...server,
      async close() {
        clock.stop();
        await server.close();
      },
    };
  } catch (error) {
    clock.stop();
    throw error;
  }
}
