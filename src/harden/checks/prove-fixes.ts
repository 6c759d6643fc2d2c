/** What a patch would do to the cluster, proved before anybody applies it. */
import type { KubeObject } from "../../kube/types/index.ts";
import { isWorse, LOSS_KINDS, type ProveResult } from "../../prove/result.ts";
import type { AssumedNodes } from "../../prove/stage/assumed-nodes.ts";
import { asManifests } from "../../prove/stage/changes.ts";
import { stagedWith } from "../../prove/stage/with-changes.ts";
import { durationOf, type WorstByKind, worstByKind } from "../../prove/worst-by-kind.ts";
import type { Finding, Fix } from "./check.ts";
import type { FixProof, ProvedChange } from "./fix-proof.ts";

export interface FixedCluster {
  /** As they are, without the patch. */
  readonly objects: readonly KubeObject[];
  /** Where files bring no nodes. */
  readonly nodes: AssumedNodes;
  /** Proves what losses do to such objects. */
  prove(objects: readonly KubeObject[]): ProveResult;
}

/** Each finding that has a patch, with what the patch alone would do. */
export function proveFixes(findings: readonly Finding[], cluster: FixedCluster): Finding[] {
  if (findings.every(({ patch }) => patch === undefined)) return [...findings];
  const before = worstByKind(cluster.prove(stagedWith([], cluster).objects));
  return findings.map((finding) =>
    finding.patch === undefined ? finding : { ...finding, proof: proofOf(finding.patch, before, cluster) },
  );
}

function proofOf(fix: Fix, before: WorstByKind, cluster: FixedCluster): FixProof {
  const change = asManifests([fix.object as unknown as KubeObject], "the patch");
  return comparedWorst(before, worstByKind(cluster.prove(stagedWith(change, cluster).objects)));
}

/** What has got better and what worse, workload by workload and loss by loss. */
export function comparedWorst(before: WorstByKind, after: WorstByKind): FixProof {
  const better: ProvedChange[] = [];
  const worse: ProvedChange[] = [];
  for (const workload of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    for (const loss of LOSS_KINDS) {
      const was = before.get(workload)?.get(loss)?.verdict ?? SAFE;
      const is = after.get(workload)?.get(loss)?.verdict ?? SAFE;
      const order = compared(was, is);
      if (order === 0) continue;
      (order > 0 ? better : worse).push({ loss, workload, before: brief(was), after: brief(is) });
    }
  }
  return { better, worse };
}

const SAFE: Judged = { verdict: "safe" };

type Judged = ProvedChange["before"];

function brief({ verdict, downSeconds }: Judged): Judged {
  return { verdict, ...(downSeconds !== undefined && { downSeconds }) };
}

/** So much longer or shorter is no chance: a fifth, and as many seconds. */
const SHARE = 1.2;
const SECONDS = 10;

/**
 * Above zero when it gets better. What ends by itself is better than what does not, whatever it is called: an update that is an
 * outage of seconds beats one that never ends.
 */
function compared(was: Judged, is: Judged): number {
  const [before, after] = [durationOf(was), durationOf(is)];
  if (Number.isFinite(before) !== Number.isFinite(after)) return Number.isFinite(after) ? 1 : -1;
  if (isWorse(is.verdict, was.verdict)) return -1;
  if (isWorse(was.verdict, is.verdict)) return 1;
  if (after > before * SHARE && after - before > SECONDS) return -1;
  return before > after * SHARE && before - after > SECONDS ? 1 : 0;
}
