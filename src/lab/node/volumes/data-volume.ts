import type { DataStore, IoState } from "../apps/data-store.ts";

/** One process's hold on a volume. */
interface Session {
  readonly machine: string;
  /** Another machine took the volume while this one could not be asked: whatever this one still sends is refused. */
  fenced: boolean;
}

/** Tells whether I/O from a machine gets to where a volume's data lies. */
export interface VolumeBackend {
  readState(machine: string): IoState;
  writeState(machine: string): IoState;
  /** A row from that machine was acknowledged. */
  wrote(machine: string): void;
  /** A machine begins to use the volume: the moment at which storage systems look for whom they have to shut out. */
  mounted(machine: string): void;
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
  readonly #sessions = new Set<Session>();
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

  /** What a process on that machine does with it. `onlyReads` is for programs that keep files rather than a database. */
  storeFor(machine: string, isDatabase: boolean): DataStore {
    const session: Session = { machine, fenced: false };
    const volume = this;
    return {
      rows: this.rows,
      get corrupted() {
        return volume.corrupted;
      },
      open: () => this.#open(session, isDatabase),
      close: () => {
        this.#sessions.delete(session);
      },
      readState: () => (session.fenced ? "error" : this.#backend.readState(machine)),
      writeState: () => this.#writeState(session),
      write: (row) => {
        this.rows.add(row);
        this.#backend.wrote(machine);
        this.look();
      },
    };
  }

  /** Looks whether two can write now: to be called when a wire has changed. */
  look(): void {
    if (this.#corrupted || this.isShared || this.#sessions.size < 2) return;
    let writers = 0;
    for (const session of this.#sessions) if (this.#writeState(session) === "ok") writers++;
    if (writers > 1) this.#corrupted = true;
  }

  #open(session: Session, isDatabase: boolean): boolean {
    const { machine } = session;
    if (this.#backend.readState(machine) === "error") return false;
    for (const other of this.#sessions) {
      // Storage that cannot reach a machine any more shuts it out when another takes over; one that it reaches stays in.
      if (other.machine !== machine && this.#backend.writeState(other.machine) !== "ok") other.fenced = true;
    }
    this.#backend.mounted(machine);
    if (isDatabase) {
      this.#sessions.add(session);
      this.look();
    }
    return true;
  }

  #writeState(session: Session): IoState {
    return session.fenced ? "error" : this.#backend.writeState(session.machine);
  }
}
