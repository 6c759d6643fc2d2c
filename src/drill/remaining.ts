import type { DrillResult } from "./runner.ts";
import type { Subject } from "./subject.ts";

/** Something that is still not good, in words for the person who has to decide about it. */
export interface Remaining {
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

/** An outage shorter than this is one lost request and its retry. */
const NOTABLE_SECONDS = 2;

/**
 * What the failures still do after the improvement, from what was measured and nothing else: an entry stands here only
 * when some result shows it.
 */
export function whatRemains(results: readonly DrillResult[], subject: Subject): Remaining[] {
  const remaining: Remaining[] = [];
  const lostNode = results.filter((result) => result.causes.deadNode > 0);
  const deadEndpoint = results.filter((result) => result.causes.deadEndpoint > 0);
  const dependency = results.filter((result) => result.causes.dependency > 0);
  const neverRepaired = results.filter((result) => result.measured.repairedSeconds === null);

  if (dependency.length > 0 && subject.database !== undefined) {
    const worst = longest(dependency);
    const database = subject.database.name;
    remaining.push({
      what: `${worst.scenario}: ${outageText(worst)} without an answer, because ${database} is gone`,
      why: neverRepaired.includes(worst)
        ? `${database} is a single pod with one volume; its pod on the lost node stays Terminating, because nobody can prove that it has stopped, and its volume stays attached there`
        : `${database} is a single pod: whatever takes it away takes the application with it until it has started again`,
      next: `run ${database} as a replicated database with automatic failover (for PostgreSQL the CloudNativePG operator); until then, fence a lost node and give it the taint node.kubernetes.io/out-of-service, which lets the volume go at once`,
    });
  }
  if (deadEndpoint.length > 0) {
    const worst = deadEndpoint.reduce((a, b) => (b.causes.deadEndpoint > a.causes.deadEndpoint ? b : a));
    remaining.push({
      what: `${worst.scenario}: ${worst.causes.deadEndpoint} requests through living nodes were sent to a pod that could not answer`,
      why: "a node is marked NotReady only 50 s after its last heartbeat; until then every node port still sends clients to the pods on it, and where clients stick to a pod, the same ones every time",
      next: "put a load balancer that checks the pods' health itself in front, or let an operator take a dead node's endpoints out within seconds",
    });
  }
  if (lostNode.length > 0) {
    const worst = lostNode.reduce((a, b) => (b.causes.deadNode > a.causes.deadNode ? b : a));
    remaining.push({
      what: `${worst.scenario}: every request to the lost node's own address failed, ${percent(worst.causes.deadNode / worst.causes.requests)} of all`,
      why: "clients that go round the nodes' addresses go on knocking at a node that is not there; nothing in the cluster can answer for it",
      next: "give clients one address that moves: a virtual IP (MetalLB, kube-vip) or a pair of load balancers with health checks",
    });
  }
  for (const result of results) {
    const covered =
      result.causes.dependency > 0 || result.causes.deadEndpoint > 0 || result.causes.deadNode > 0;
    if (covered || result.measured.outageSeconds < NOTABLE_SECONDS) continue;
    remaining.push({
      what: `${result.scenario}: ${outageText(result)} without an answer`,
      why: result.firstFailure ?? "no pod was ready to answer",
      next: "look at its timeline: it names what was not ready, second by second",
    });
  }
  for (const result of results.filter((r) => r.measured.loginKept === false)) {
    remaining.push({
      what: `${result.scenario}: the login was lost`,
      why: "the application keeps logins in the memory of one pod",
      next: "keep sessions in a store that all replicas share, or sign them into a cookie with one fixed key",
    });
    break;
  }
  const lost = results.filter((r) => r.measured.rowsLost !== 0);
  const worst = lost[0];
  if (worst !== undefined) {
    const { rowsLost } = worst.measured;
    remaining.push({
      what: `${worst.scenario}: ${rowsLost === null ? "the database could not be read any more" : `${rowsLost} acknowledged writes are gone`}`,
      why: "what was written lay in one place, and that place is gone",
      next: "put the data on a replicated volume or into a replicated database, and keep backups",
    });
  }
  return remaining;
}

function longest(results: readonly DrillResult[]): DrillResult {
  return results.reduce((a, b) => (b.measured.outageSeconds > a.measured.outageSeconds ? b : a));
}

function outageText(result: DrillResult): string {
  const { outageSeconds } = result.measured;
  return result.outageGoesOn
    ? `more than ${Math.floor(outageSeconds)} s`
    : `${Math.round(outageSeconds * 10) / 10} s`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
