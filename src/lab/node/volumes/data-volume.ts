import type { DataStore, IoState } from "../apps/data-store.ts";

/** What one machine has of a volume, from the first pod that mounts it there to the last that lets go of it. */
interface Mount {
  readonly machine: string;
  readonly pods: Set<string>;
  /** Another machine took the volume while this one could not be asked: whatever this one still sends is refused. */
  fenced: boolean;
}

/** Tells whether I/O from a machine gets to where a volume's data lies. */
export interface VolumeBackend {
  readState(machine: string): IoState;
  writeState(machine: string): IoState;
  /** A row from that machine was acknowledged. */
  wrote(machine: string): void;
}

/**
 * A volume and what is on it. Rows are remembered for as long as the volume exists; who can read and write them now is the
 * backend's business. Two processes that can both write to it at the same moment corrupt it: databases write all the time,
 * so nobody has to ask them to.
 */
export class DataVolume {
  readonly id: string;
  /** Whether many machines may write at once without harm: files of a share server, not blocks. */
  readonly isShared: boolean;
  readonly rows = new Set<string>();
  readonly #backend: VolumeBackend;
  readonly #mounts = new Map<string, Mount>();
  /** Running databases, each by the mount that it writes through. */
  readonly #writers = new Set<{ readonly mount: Mount }>();
  #corrupted = false;

  constructor(id: string, isShared: boolean, backend: VolumeBackend) {
    this.id = id;
    this.isShared = isShared;
    this.#backend = backend;
  }

  get corrupted(): boolean {
    return this.#corrupted;
  }

  /** Whether it can be mounted on that machine now. */
  state(machine: string): IoState {
    return this.#backend.readState(machine);
  }

  /**
   * A pod on that machine begins to use it. Storage that cannot reach another machine that still has the volume shuts that one
   * out when it gives the volume away; a machine that it reaches stays in, as only whoever gave the volume away could know better.
   */
  mount(machine: string, podUid: string): void {
    this.#mountOn(machine).pods.add(podUid);
    if (this.isShared) return;
    for (const other of this.#mounts.values()) {
      if (other.machine !== machine && this.#backend.writeState(other.machine) !== "ok") other.fenced = true;
    }
  }

  /** A pod on that machine has let go of it. */
  unmount(machine: string, podUid: string): void {
    const mount = this.#mounts.get(machine);
    mount?.pods.delete(podUid);
    if (mount?.pods.size === 0) this.#mounts.delete(machine);
  }

  /** The machine has lost its power: nothing is mounted there any more. */
  losePower(machine: string): void {
    this.#mounts.delete(machine);
  }

  /** What a process on that machine does with it; a database is one that writes by itself. */
  storeFor(machine: string, isDatabase: boolean): DataStore {
    const writer = { mount: this.#mountOn(machine) };
    const volume = this;
    return {
      rows: this.rows,
      get corrupted() {
        return volume.corrupted;
      },
      open: () => {
        if (this.#readState(writer.mount) === "error") return false;
        if (isDatabase) this.#writers.add(writer);
        this.look();
        return true;
      },
      close: () => {
        this.#writers.delete(writer);
      },
      readState: () => this.#readState(writer.mount),
      writeState: () => this.#writeState(writer.mount),
      write: (row) => {
        this.rows.add(row);
        this.#backend.wrote(machine);
        this.look();
      },
    };
  }

  /** Looks whether two can write now: to be called when a wire has changed. */
  look(): void {
    if (this.#corrupted || this.isShared || this.#writers.size < 2) return;
    let able = 0;
    for (const { mount } of this.#writers) if (this.#writeState(mount) === "ok") able++;
    if (able > 1) this.#corrupted = true;
  }

  #mountOn(machine: string): Mount {
    let mount = this.#mounts.get(machine);
    if (mount === undefined) {
      mount = { machine, pods: new Set(), fenced: false };
      this.#mounts.set(machine, mount);
    }
    return mount;
  }

  #readState({ machine, fenced }: Mount): IoState {
    return fenced ? "error" : this.#backend.readState(machine);
  }

  #writeState({ machine, fenced }: Mount): IoState {
    return fenced ? "error" : this.#backend.writeState(machine);
  }
}
