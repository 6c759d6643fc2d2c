/** The failures that happen on both sides, and how each is played on the lab. */
import { deletePod } from "../../src/drill/faults/delete-pod.ts";
import { failNode } from "../../src/drill/faults/fail-node.ts";
import { labTarget } from "../../src/drill/lab-target.ts";
import type { Moments } from "../../src/drill/moments.ts";
import { type DrillResult, runScenario } from "../../src/drill/runner.ts";
import type { Scenario } from "../../src/drill/scenarios.ts";
import { setStage } from "../../src/drill/story.ts";
import type { Subject } from "../../src/drill/subject.ts";
import type { DrillTarget } from "../../src/drill/target.ts";
import { drive } from "../../src/time/drive.ts";
import { parseManifests } from "../../src/view/manifests.ts";
import { WEB_PROFILE, webManifests } from "./application.ts";
import type { Comparison } from "./compare.ts";

/** What is compared of every drill. A request that is refused while the news of a failure spreads is no difference. */
export const MOMENTS: Comparison<keyof Moments> = {
  titles: {
    nodeUnknown: "Ready=Unknown",
    endpointGone: "endpoint gone",
    firstFailed: "first failed request",
    lastFailed: "last failed request",
    replacementReady: "replacement Ready",
  },
  atOnce: ["firstFailed", "lastFailed"],
};

/** A failure, with the application that it happens to. */
export interface Drill {
  readonly name: string;
  readonly tolerationSeconds: number;
  scenario(subject: Subject): Scenario;
}

const NODES = 3;
/** Several beats of every kubelet and every controller's rounds. */
const HEARTBEATS_MS = 60_000;
/** Grace for a silent node, a round of the controller that looks, and a new pod's start. */
const NOTICED_SECONDS = 80;

export function podDeleted(): Drill {
  const name = "pod deleted";
  const scenario = ({ app }: Subject) => ({ name, fault: deletePod(app), watchMs: 30_000 });
  return { name, tolerationSeconds: 300, scenario };
}

/** The node under the first pod loses its power; its pods go when their toleration ends. */
export function nodePoweredOff(tolerationSeconds: number): Drill {
  const name = "node powered off";
  const watchMs = (NOTICED_SECONDS + tolerationSeconds) * 1_000;
  const scenario = ({ app }: Subject) => ({ name, fault: failNode({ under: app }, "power-off"), watchMs });
  return { name, tolerationSeconds, scenario };
}

/** One run on a lab of its own. */
export async function playOnLab(drill: Drill, seed: number): Promise<Moments> {
  const manifests = parseManifests(webManifests(drill.tolerationSeconds), "web.yaml");
  const { lab, subject } = await setStage({ seed, nodes: NODES, manifests, profile: WEB_PROFILE }, false);
  const run = async () => {
    // A failure does not wait for a kubelet's heartbeat: without this it would come at the same beat of every lab.
    await lab.engine.sleep(lab.engine.random("drill/moment").between(0, HEARTBEATS_MS));
    return await play(labTarget(lab), subject, drill);
  };
  return (await drive(lab.engine, run())).moments;
}

/** @throws when nobody was answered before anything failed: what follows would say nothing then */
export async function play(target: DrillTarget, subject: Subject, drill: Drill): Promise<DrillResult> {
  const result = await runScenario(target, { ...subject, hasLogins: false }, drill.scenario(subject));
  if (!result.answeredBefore) {
    throw new Error(`${drill.name}: no request was answered before the failure: ${result.firstFailure}`);
  }
  return result;
}
