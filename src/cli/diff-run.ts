/** Does what `holdfast diff` is told. Differences that there are, are no failure. */
import type { Command } from "commander";
import { createTwoFilesPatch } from "diff";
import { stringify } from "yaml";
import type { Body } from "../client/client.ts";
import type { HttpClient } from "../client/http/http-client.ts";
import { FIELD_MANAGER } from "../harden/fields/field-owners.ts";
import { type PlannedObject, plannedObjects } from "../harden/policy/plan-objects.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { paintDiff } from "../report/diff-colours.ts";
import { screenOf } from "../report/screen.ts";
import { openCluster } from "./live-cluster.ts";
import type { PolicyFlags } from "./policy-options.ts";
import { planFor } from "./policy-source.ts";
import { isLive } from "./source-options.ts";

export async function runDiff(flags: PolicyFlags, command: Command): Promise<void> {
  const { plans, view } = await planFor(flags, command);
  const client = isLive(flags) ? openCluster(flags).client : undefined;
  const { colours } = screenOf(process.stdout);
  try {
    const steps = plans.flatMap(({ plan }) => plan.steps);
    for (const planned of plannedObjects(steps, view)) {
      const after = client === undefined ? planned.after : await merged(planned, client);
      process.stdout.write(paintDiff(diffOf(planned, after), colours));
    }
  } finally {
    client?.close();
  }
}

/** What the server would store, its defaults and its own judgement included. @throws {StatusError} what it would refuse */
async function merged({ target, before, after }: PlannedObject, client: HttpClient): Promise<KubeObject> {
  const { kind, namespace, name } = target;
  const query = { dryRun: true, fieldManager: FIELD_MANAGER };
  const body = after as unknown as Body;
  if (before === undefined) return client.create(kind, namespace, body, query);
  return client.update(kind, namespace, name, body, query);
}

/** As `diff -u -N LIVE MERGED`, with the names that kubectl gives to the two. */
function diffOf({ target, before }: PlannedObject, after: KubeObject): string {
  const { kind, namespace, name } = target;
  const group = kind.group === "" ? kind.version : `${kind.group}.${kind.version}`;
  const file = [group, kind.kind, namespace, name].join(".");
  const old = before === undefined ? "" : textOf(before);
  const patch = createTwoFilesPatch(
    `LIVE/${file}`,
    `MERGED/${file}`,
    old,
    textOf(after),
    undefined,
    undefined,
    {
      context: 3,
    },
  );
  const header = `diff -u -N LIVE/${file} MERGED/${file}\n`;
  return header + patch.replace(/^=+\n/, "");
}

/** Without the managers of fields, as kubectl shows it. */
function textOf(object: KubeObject): string {
  const { managedFields: _, ...metadata } = object.metadata;
  const { apiVersion, kind, ...rest } = object;
  return stringify(
    { apiVersion, kind, ...rest, metadata },
    { sortMapEntries: true, aliasDuplicateObjects: false },
  );
}
