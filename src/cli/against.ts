/** What `holdfast plan --against` reads: a rendered chart, and helm's record of the release where a cluster answers. */
import { chartObjects } from "../harden/upgrade/in-cluster.ts";
import { predictUpgrade, type UpgradeForecast } from "../harden/upgrade/predict-upgrade.ts";
import {
  type Release,
  type ReleaseName,
  readRelease,
  releaseByOwners,
  releaseNameOf,
} from "../harden/upgrade/release.ts";
import { type Rendered, readRendered } from "../harden/upgrade/rendered.ts";
import { readManifests } from "../view/manifests.ts";
import { openCluster } from "./live-cluster.ts";
import type { PlanFlags } from "./policy-options.ts";
import type { PlannedCluster } from "./policy-source.ts";
import { isLive } from "./source-options.ts";

/** @throws {InputError} for a chart that cannot be used */
export function readChart(file: string): Rendered[] {
  return readRendered(readManifests([file]), file);
}

/** @throws {InputError} where it cannot be told which objects the chart means @throws {ConnectionError} */
export async function forecastFor(
  rendered: readonly Rendered[],
  { plans, view }: PlannedCluster,
  flags: PlanFlags,
): Promise<UpgradeForecast> {
  const steps = plans.flatMap(({ plan }) => plan.steps);
  const input = { rendered, steps, view, namespace: flags.namespace };
  const live = chartObjects(input).flatMap((each) => each.live ?? []);
  const name = live.map(releaseNameOf).find((each) => each !== undefined);
  const release =
    name === undefined ? undefined : ((await recordOf(flags, name)) ?? releaseByOwners(name, live));
  return predictUpgrade({ ...input, release });
}

async function recordOf(flags: PlanFlags, name: ReleaseName): Promise<Release | undefined> {
  if (!isLive(flags)) return undefined;
  const { client } = openCluster(flags);
  try {
    return await readRelease(client, name);
  } finally {
    client.close();
  }
}
