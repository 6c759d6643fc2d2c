/** Whether what is asked of a disk happens: at once, never, or not before something else has happened. */
export type IoState = "ok" | "error" | "stalled";

/** Where a process keeps what it remembers: a volume, its container's own layer, or nothing but memory. */
export interface DataStore {
  /** The process begins to use it; `false` when it cannot be read, which ends most programs. */
  open(): boolean;
  close(): void;
  /** Whether reading works now. */
  readState(): IoState;
  /** Whether writing works now. */
  writeState(): IoState;
  /** Remembers a row; only after `writeState` said "ok". */
  write(row: string): void;
  readonly rows: ReadonlySet<string>;
  /** Two writers had it at once. */
  readonly corrupted: boolean;
}

/** Memory, or a layer of the container's own on the machine's disk: gone with the container, never out of reach. */
export class OwnStore implements DataStore {
  readonly #rows = new Set<string>();
  readonly #hasRoom: () => boolean;
  readonly corrupted = false;

  /** `hasRoom` tells whether something can be added; memory always has. */
  constructor(hasRoom: () => boolean = () => true) {
    this.#hasRoom = hasRoom;
  }

  get rows(): ReadonlySet<string> {
    return this.#rows;
  }

  open(): boolean {
    return true;
  }

  close(): void {}

  readState(): IoState {
    return "ok";
  }

  writeState(): IoState {
    return this.#hasRoom() ? "ok" : "error";
  }

  write(row: string): void {
    this.#rows.add(row);
  }
}
