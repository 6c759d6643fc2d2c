/** Plays drills on a bed, one after another, each with the application made anew. */
import type { HttpClient } from "../../src/client/http/http-client.ts";
import { deployManifests } from "../../src/drill/deploy.ts";
import type { DrillResult } from "../../src/drill/runner.ts";
import { settle } from "../../src/drill/settle.ts";
import { findSubject } from "../../src/drill/subject.ts";
import { findKind, namespaces, nodes } from "../../src/kube/kinds.ts";
import { parseManifests } from "../../src/view/manifests.ts";
import { addProgram } from "../cluster/bed.ts";
import { waitFor } from "../cluster/processes.ts";
import type { Bed } from "../cluster/state.ts";
import { NAMESPACE, WEB_IMAGE, WEB_SOURCE, webManifests } from "./application.ts";
import { bedTarget } from "./bed-target.ts";
import { type Drill, play } from "./scenarios.ts";

const REMOVED_SECONDS = 180;
const HEALED_SECONDS = 120;

/** Gives every node the application's image. */
export function prepareBed(bed: Bed): void {
  addProgram(bed, { name: WEB_IMAGE, source: WEB_SOURCE });
}

/** One run; the bed is as it was before once it returns. */
export async function playOnBed(bed: Bed, client: HttpClient, drill: Drill): Promise<DrillResult> {
  const target = bedTarget(bed, client);
  const manifests = parseManifests(webManifests(drill.tolerationSeconds), "web.yaml");
  await deployManifests(client, manifests, findKind);
  try {
    await settle(target);
    const subject = await findSubject(client, () => false);
    if (subject === undefined) throw new Error(`The bed ${bed.name} has no Service with a node port`);
    return await play(target, subject, drill);
  } finally {
    await waitFor("Healed nodes", HEALED_SECONDS, () => areNodesReady(client));
    await client.delete(namespaces, undefined, NAMESPACE);
    await waitFor("The end of the application", REMOVED_SECONDS, () => isGone(client));
  }
}

async function areNodesReady(client: HttpClient): Promise<boolean> {
  const { items } = await client.list(nodes);
  return items.every(({ status }) =>
    status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
  );
}

async function isGone(client: HttpClient): Promise<boolean> {
  const { items } = await client.list(namespaces, { fieldSelector: `metadata.name=${NAMESPACE}` });
  return items.length === 0;
}
