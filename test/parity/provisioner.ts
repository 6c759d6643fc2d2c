import type { Client } from "../../src/client/client.ts";
import { persistentVolumeClaims, persistentVolumes } from "../../src/kube/kinds.ts";
import type { PersistentVolumeClaim } from "../../src/kube/types/index.ts";
import { SELECTED_NODE } from "../../src/scheduler/volumes/claims.ts";
import { provisioned } from "./random-volumes.ts";

/** Makes the volumes of claims for which a node was chosen, as an external provisioner of the driver would. */
export class Provisioner {
  readonly #client: Client;
  readonly #served = new Set<string>();
  #isClosed = false;

  constructor(client: Client) {
    this.#client = client;
    void this.#follow();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #follow(): Promise<void> {
    let resourceVersion = (await this.#client.list(persistentVolumeClaims)).metadata.resourceVersion ?? "0";
    while (!this.#isClosed) {
      try {
        const query = { resourceVersion, allowWatchBookmarks: true };
        for await (const notice of this.#client.watch(persistentVolumeClaims, query)) {
          if (notice.type === "ERROR")
            throw new Error(`The watch of claims broke: ${JSON.stringify(notice.status)}`);
          resourceVersion = notice.object.metadata.resourceVersion;
          if (notice.type === "MODIFIED") await this.#serve(notice.object);
        }
      } catch (error) {
        if (!this.#isClosed) throw error;
      }
    }
  }

  async #serve({ metadata, spec }: PersistentVolumeClaim): Promise<void> {
    const { namespace = "", name, uid, annotations } = metadata;
    const nodeName = annotations?.[SELECTED_NODE];
    if (nodeName === undefined || spec.volumeName || this.#served.has(uid)) return;
    this.#served.add(uid);
    const size = spec.resources?.requests?.storage ?? "1Gi";
    const made = provisioned({ namespace, name, uid }, spec.storageClassName ?? "", size, nodeName);
    const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, ...kept } = made.metadata;
    await this.#client.create(persistentVolumes, undefined, { ...made, metadata: kept });
  }
}
