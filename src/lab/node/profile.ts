/**
 * What manifests do not say about a workload and the lab has to know. `--profile FILE` gives it; the catalogue of well-known
 * images fills in what the file leaves out; the defaults below fill in the rest. Every value in force is reported.
 */
export interface WorkloadProfile {
  /** From the process's start until it listens, seconds: drawn between the two. */
  readonly startSeconds: readonly [min: number, max: number];
  /** From SIGTERM until the process has ended by itself, seconds; more than the grace period means it is killed. */
  readonly stopSeconds: number;
  /** Whether it goes on answering new requests between SIGTERM and its end. */
  readonly servesWhileStopping: boolean;
  /** Whether a client's requests must keep reaching the same pod, as Socket.IO's polling does. */
  readonly sticky: boolean;
  /** Where logins are kept: in the process, in a signed cookie, or in a store it `needs`. */
  readonly sessions: "memory" | "cookie" | "store";
  /** "web" answers requests; "database" remembers rows on its volume; "cache" and "queue" only answer. */
  readonly role: "web" | "database" | "cache" | "queue";
  /** Services that it needs for a "read" or a "write", as "name:port" in its own namespace or "namespace/name:port". */
  readonly needs: readonly string[];
  /** Pulling its image on a node that lacks it, seconds. */
  readonly pullSeconds: readonly [min: number, max: number];
  /** Readiness looks at what it `needs`, not only at the process. */
  readonly readinessChecksNeeds: boolean;
  /**
   * How long a container runs that does its work and ends, seconds. Without it, what its command says where that is plain to
   * see (`sleep 5; exit 1`); else 5 for containers of pods that do not restart always, 1 for init containers, and all others
   * serve for ever.
   */
  readonly runSeconds?: number;
  /** What such a container ends with; 0 without it. */
  readonly exitCode?: number;
  /** The registry does not have its image. */
  readonly unavailable?: boolean;
}

/** What holds where neither a profile file nor the catalogue says anything. */
export const DEFAULT_PROFILE: WorkloadProfile = {
  startSeconds: [1, 3],
  stopSeconds: 1,
  servesWhileStopping: false,
  sticky: false,
  sessions: "memory",
  role: "web",
  needs: [],
  pullSeconds: [2, 6],
  readinessChecksNeeds: false,
};

/**
 * A profile file. What is said of a container ("namespace/workload/container") goes before what is said of its workload
 * ("namespace/workload" or "workload"), and that before what is said of its image ("postgres", "postgres:15", in full).
 */
export interface ProfileFile {
  readonly workloads?: Readonly<Record<string, Partial<WorkloadProfile>>>;
  readonly images?: Readonly<Record<string, Partial<WorkloadProfile>>>;
}
