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
export function whatRemains(all: readonly DrillResult[], subject: Subject): Remaining[] {
  const remaining: Remaining[] = [];
  const never = all.find((result) => !result.answeredBefore);
  if (never !== undefined) {
    remaining.push({
      what: `${subject.app.name} answered nobody even before anything failed`,
      why: never.firstFailure ?? "no request was answered",
      next: "make it run first: what the cluster says about its pods and claims stands under Found on the way",
    });
  }
  // What was broken before cannot be laid to a failure.
  const results = all.filter((result) => result.answeredBefore);
  const lostNode = results.filter((result) => result.causes.deadNode > 0);
  const deadEndpoint = results.filter((result) => result.causes.deadEndpoint > 0);
  const dependency = results.filter((result) => result.causes.dependency > 0);
  if (dependency.length > 0 && subject.database !== undefined) {
    remaining.push(lostDatabase(longest(dependency), subject.database.name));
  }
  if (deadEndpoint.length > 0) {
    const worst = deadEndpoint.reduce((a, b) => (b.causes.deadEndpoint > a.causes.deadEndpoint ? b : a));
    remaining.push({
      what: `${worst.scenario}: ${counted(worst.causes.deadEndpoint, "request")} through living nodes ${worst.causes.deadEndpoint === 1 ? "was" : "were"} sent to a pod that could not answer`,
      ...(worst.causes.deadNode > 0
        ? {
            why: "a node is marked NotReady only 50 s after its last heartbeat; until then every node port still sends clients to the pods on it, and where clients stick to a pod, the same ones every time",
            next: "put a load balancer that checks the pods' health itself in front, or let an operator take a dead node's endpoints out within seconds",
          }
        : {
            why: "a pod had stopped answering while node ports still sent clients to it",
            next: "let its containers wait before they stop (preStop), and ask a readiness probe often enough that a pod which cannot answer leaves its Service soon",
          }),
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
  for (const { scenario, unfinished } of all) {
    if (unfinished === undefined) continue;
    remaining.push({
      what: `${scenario}: it did not come to its end`,
      why: unfinished,
      next: "let the budget allow one pod to go (maxUnavailable: 1), with as many replicas as that needs",
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
      why: "what answers now does not have them: they lay in one place, on a disk that is gone or with a replica that keeps data of its own",
      next: "put the data on a replicated volume or into a replicated database, and keep backups",
    });
  }
  return remaining;
}

/** Why an application goes without its database, as far as the timeline of that failure shows it. */
function lostDatabase(worst: DrillResult, database: string): Remaining {
  const { timeline, measured } = worst;
  const stuck = timeline.lanes.find((lane) => {
    const last = lane.spans.at(-1);
    const isTheirs =
      lane.kind === "pod" && (lane.name.startsWith(`${database} `) || lane.name.startsWith(`${database}-`));
    return isTheirs && last?.state === "off" && last.toSeconds >= timeline.toSeconds;
  });
  const why =
    stuck !== undefined
      ? `its pod ${stuck.name} on the lost node stays Terminating, because nobody can prove that it has stopped; until then its volume stays attached there, and no other pod may take its place`
      : measured.repairedSeconds === null
        ? `${database} did not answer again while it was watched; its timeline shows what its pods waited for`
        : `nothing takes ${database}'s place: whatever takes it away takes the application with it until it has started again`;
  return {
    what: `${worst.scenario}: ${outageText(worst)} without an answer, because ${database} is gone`,
    why,
    next: `run ${database} as a replicated database with automatic failover (for PostgreSQL the CloudNativePG operator)${stuck === undefined ? "" : "; until then, fence a lost node and give it the taint node.kubernetes.io/out-of-service, which lets the volume go at once"}`,
  };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
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
