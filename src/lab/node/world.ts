/**
 * The physical side of the lab: machines, wires, disks, processes. What the API says about them is somebody's report;
 * this is what is. Failures change it; kubelets, data path and volumes read it. Nothing here looks at API objects.
 */

/** Whether a machine has power and has booted. */
export type MachineState = "on" | "off";

/** How a node can fail. `flap` is a power-off and return that repeats. */
export type FailureKind = "power-off" | "partition" | "kubelet-stop" | "kubelet-hang" | "disk-full" | "flap";

/** One machine as it is now; a change makes another object. */
export interface Machine {
  readonly name: string;
  /** "" where there are no zones. */
  readonly zone: string;
  readonly ip: string;
  readonly state: MachineState;
  /** Cut off from every other machine, the API server and the clients; what runs on it goes on. */
  readonly partitioned: boolean;
  /** The kubelet process: "hung" still holds its place but does nothing, "stopped" is gone; containers go on in both. */
  readonly kubelet: "running" | "hung" | "stopped";
  readonly diskFull: boolean;
  /** Counts starts: a pod of an earlier boot does not live any more. */
  readonly bootId: number;
  /** How far the machine's clock is ahead of the true time; what its kubelet writes is dated by it. */
  readonly clockOffsetMs: number;
}

/** An end of a wire: a machine by name, or the outside where clients and the API server stand. */
export type Place = { readonly machine: string } | "outside";

/** What is so, for everybody to read. */
export interface World {
  readonly machines: ReadonlyMap<string, Machine>;
  /** Whether a packet from one place gets to the other now. */
  reaches(from: Place, to: Place): boolean;
  /** Whether the API server answers. An outage stops every write and read of everybody. */
  readonly apiServerUp: boolean;
  /** Tells of every change of a machine, a wire or the API server. */
  onChange(handler: (machine: string | undefined) => void): () => void;
}

/** What a fault does to the world; each has its undo in `heal`. */
export interface FailureControl {
  fail(machine: string, how: FailureKind): void;
  heal(machine: string): void;
  failZone(zone: string, how: FailureKind): void;
  healZone(zone: string): void;
  setApiServer(up: boolean): void;
  /** The machine's clock jumps by so much, from now on; `heal` sets it right again. */
  jumpClock(machine: string, byMs: number): void;
}
