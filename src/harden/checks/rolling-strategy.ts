import type { Deployment } from "../../kube/types/index.ts";
import { NEW_POD_FIRST, OLD_POD_FIRST } from "../rolling-update.ts";
import { isShared, type Subject } from "./subject.ts";

/**
 * How a Deployment replaces its pods so that it can always finish: a new pod comes first where a node is free for it and no
 * volume stands in the way, otherwise one old pod goes first.
 */
export function rollingStrategy({
  replicas,
  eligibleNodes,
  claims,
}: Pick<Subject, "replicas" | "eligibleNodes" | "claims">): Deployment["spec"]["strategy"] {
  const surges = replicas + 1 <= eligibleNodes.length && claims.every(({ claim }) => isShared(claim));
  return surges ? NEW_POD_FIRST : OLD_POD_FIRST;
}
