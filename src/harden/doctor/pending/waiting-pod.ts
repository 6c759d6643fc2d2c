/** What each reader of a refusal is given, and gives back. */
import type { Pod } from "../../../kube/types/index.ts";
import type { Subject } from "../../checks/subject.ts";
import type { Examined } from "../examined.ts";
import type { Remedy } from "../trouble.ts";
import type { Refused } from "./scheduler-message.ts";

export interface WaitingPod {
  readonly examined: Examined;
  readonly pod: Pod;
  /** Of pods of a Deployment or a StatefulSet. */
  readonly subject: Subject | undefined;
  readonly refused: Refused;
}

/** One refusal explained. */
export interface Explained {
  /** Without an end mark. */
  readonly cause: string;
  readonly evidence: readonly string[];
  readonly remedies: readonly Remedy[];
}
