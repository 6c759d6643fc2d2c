/**
 * What is on the disks of the lab: every volume that a pod has ever mounted, and what was written to it.
 *
 * Nouns: a `DataVolume` has rows; its backend knows from where they can be reached now. Data outlives pods, and machines too
 * unless it lay on one alone. Nothing here looks at pods, or decides who may mount what.
 */
import { storageTraitsOf } from "../../../kube/storage-kinds.ts";
import type { PersistentVolume } from "../../../kube/types/index.ts";
import type { Engine, Timer } from "../../../time/engine.ts";
import type { World } from "../world.ts";
import { localDisk, ReplicatedBlocks, ShareServer } from "./backends.ts";
import { DataVolume } from "./data-volume.ts";

/** Copies that replicated storage keeps unless the volume says otherwise. */
const COPIES = 3;

/** Every volume of the lab, made when it is first mounted. */
export class Volumes {
  readonly #engine: Engine;
  readonly #world: World;
  /** Those that outlive pods, by id. */
  readonly #volumes = new Map<string, DataVolume>();
  /** Those that pods have for themselves, by the pod's uid and their name in it. */
  readonly #scratch = new Map<string, Map<string, DataVolume>>();
  readonly #shares: { readonly server: ShareServer; timer: Timer | undefined }[] = [];
  readonly #handlers: (() => void)[] = [];
  /** Directories that are really memory, with their machine. */
  readonly #inMemory = new Map<DataVolume, string>();

  constructor(engine: Engine, world: World) {
    this.#engine = engine;
    this.#world = world;
    world.onChange((machine) => {
      if (machine !== undefined && world.machines.get(machine)?.state === "off") this.#losePower(machine);
      for (const volume of this.#volumes.values()) volume.look();
      for (const share of this.#shares) this.#watch(share);
    });
  }

  /** Tells when I/O that waited goes on, without any wire having changed. */
  onChange(handler: () => void): void {
    this.#handlers.push(handler);
  }

  /** The volume behind a PersistentVolume; `machine` is the first to mount it. */
  persistent(volume: PersistentVolume, machine: string): DataVolume {
    const id = `pv/${volume.spec.csi?.volumeHandle ?? volume.metadata.name}`;
    const known = this.#volumes.get(id);
    if (known !== undefined) return known;
    const { kind } = storageTraitsOf(volume);
    switch (kind) {
      case "node-local":
        return this.#add(new DataVolume(id, false, localDisk(this.#world, machine)));
      case "replicated-block":
        return this.#add(
          new DataVolume(id, false, new ReplicatedBlocks(this.#world, this.#copies(volume, machine))),
        );
      case "shared":
        return this.#add(new DataVolume(id, true, this.#share(machine)));
    }
  }

  /** A directory that lives as long as the pod does on that machine. */
  emptyDir(machine: string, podUid: string, name: string, inMemory: boolean): DataVolume {
    const ofPod = this.#scratch.get(podUid) ?? new Map<string, DataVolume>();
    this.#scratch.set(podUid, ofPod);
    let volume = ofPod.get(name);
    if (volume === undefined) {
      volume = new DataVolume(`empty-dir/${podUid}/${name}`, false, localDisk(this.#world, machine));
      ofPod.set(name, volume);
      if (inMemory) this.#inMemory.set(volume, machine);
    }
    return volume;
  }

  /** A directory of the machine itself. */
  hostPath(machine: string, path: string): DataVolume {
    return this.#local(`host-path/${machine}${path}`, machine);
  }

  /** A pod has let go of all that it had on a machine, and what it had for itself is gone. */
  releasePod(machine: string, podUid: string): void {
    for (const volume of this.#volumes.values()) volume.unmount(machine, podUid);
    for (const volume of this.#scratch.get(podUid)?.values() ?? []) this.#inMemory.delete(volume);
    this.#scratch.delete(podUid);
  }

  #losePower(machine: string): void {
    for (const volume of this.#volumes.values()) volume.losePower(machine);
    for (const [volume, owner] of this.#inMemory) if (owner === machine) volume.rows.clear();
  }

  #local(id: string, machine: string): DataVolume {
    return this.#volumes.get(id) ?? this.#add(new DataVolume(id, false, localDisk(this.#world, machine)));
  }

  #add(volume: DataVolume): DataVolume {
    this.#volumes.set(volume.id, volume);
    return volume;
  }

  /** One copy where the volume is used first, the others spread over zones, as replicated storage places them. */
  #copies(volume: PersistentVolume, machine: string): string[] {
    const asked = Number(volume.spec.csi?.volumeAttributes?.numberOfReplicas ?? COPIES);
    const random = this.#engine.random("volumes/copies");
    const copies = [machine];
    while (copies.length < asked) {
      const zones = copies.map((name) => this.#world.machines.get(name)?.zone);
      const free = [...this.#world.machines.values()].filter(({ name }) => !copies.includes(name));
      const elsewhere = free.filter(({ zone }) => !zones.includes(zone));
      const candidates = elsewhere.length > 0 ? elsewhere : free;
      if (candidates.length === 0) break;
      copies.push(random.pick(candidates).name);
    }
    return copies;
  }

  #share(machine: string): ShareServer {
    const random = this.#engine.random("volumes/shares");
    const server = new ShareServer(this.#world, this.#engine, random, machine);
    const share = { server, timer: undefined };
    this.#shares.push(share);
    return server;
  }

  #watch(share: { readonly server: ShareServer; timer: Timer | undefined }): void {
    const dueMs = share.server.lookAgainMs();
    share.timer?.cancel();
    if (dueMs === undefined) return;
    share.timer = this.#engine.at(dueMs, () => {
      this.#watch(share);
      for (const handler of this.#handlers) handler();
    });
  }
}
