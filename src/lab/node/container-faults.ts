import type { Engine } from "../../time/engine.ts";
import type { Container } from "./host/container.ts";
import type { Host } from "./host/host.ts";

/** What can be done to the program in a container. Each tells whether there was such a container running. */
export interface ContainerFaults {
  /** It ends at once, as by a crash or a kill from inside; its kubelet finds out and starts it again if it should. */
  kill(namespace: string, pod: string, container?: string): boolean;
  /** It stops doing anything, but stays: nothing finds out but a probe. */
  hang(namespace: string, pod: string, container?: string): boolean;
  /** It goes on from where it hung. */
  goOn(namespace: string, pod: string, container?: string): boolean;
}

/** Faults of single programs, all of a pod's own unless one is named. */
export function containerFaults(engine: Engine, hosts: ReadonlyMap<string, Host>): ContainerFaults {
  const each =
    (what: string, act: (container: Container) => void): ContainerFaults["kill"] =>
    (namespace, pod, name) => {
      const found = [...hosts.values()]
        .flatMap((host) => [...host.running()])
        .filter((container) => {
          const { metadata } = container.pod;
          if (metadata.namespace !== namespace || metadata.name !== pod) return false;
          return name === undefined ? container.place === "regular" : container.name === name;
        });
      for (const container of found) {
        engine.trace(`${namespace}/${pod}`, `container ${container.name} ${what}`);
        act(container);
      }
      return found.length > 0;
    };
  return {
    kill: each("is killed", ({ process }) => process.kill()),
    hang: each("hangs", ({ process }) => process.hang()),
    goOn: each("goes on", ({ process }) => process.goOn()),
  };
}
