/**
 * Holds stories against what a real control plane made of them, recorded beside this file. Where
 * HOLDFAST_CONTRACT_KUBECONFIG leads to one (without nodes of its own) it is asked instead of the lab, and with
 * HOLDFAST_UPDATE its answers are recorded.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttpClient } from "../../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { tellInLab } from "./lab-stage.ts";
import { startNodes } from "./real-nodes.ts";
import { tellOnReal } from "./real-stage.ts";
import type { Story } from "./stage.ts";

const KUBECONFIG = process.env.HOLDFAST_CONTRACT_KUBECONFIG;
const REAL_TIMEOUT_MS = 600_000;

/** A test for each story; `file` holds what was recorded. */
export function holdStories(title: string, file: string, stories: readonly Story[]): void {
  const path = new URL(`./recorded/${file}`, import.meta.url);
  const recorded = readRecorded(path);
  describe(title, () => {
    if (KUBECONFIG === undefined) {
      test.each(stories)("$name", async (story) => {
        expect(await tellInLab(story)).toEqual(recorded.get(story.name));
      });
      return;
    }
    const client = createHttpClient(loadKubeconfig({ path: KUBECONFIG }));
    const told = new Map<string, readonly string[]>();
    let takeNodesAway: () => Promise<void>;
    beforeAll(async () => {
      takeNodesAway = await startNodes(client);
    }, REAL_TIMEOUT_MS);
    afterAll(async () => {
      await takeNodesAway();
      client.close();
      if (process.env.HOLDFAST_UPDATE !== undefined)
        writeRecorded(path, stories, new Map([...recorded, ...told]));
    }, REAL_TIMEOUT_MS);
    test.concurrent.each(stories)(
      "$name",
      async (story) => {
        const lines = await tellOnReal(story, client);
        told.set(story.name, lines);
        if (process.env.HOLDFAST_UPDATE === undefined) expect(lines).toEqual(recorded.get(story.name));
      },
      REAL_TIMEOUT_MS,
    );
  });
}

function readRecorded(path: URL): ReadonlyMap<string, readonly string[]> {
  if (!existsSync(path)) return new Map();
  const blocks = readFileSync(path, "utf8").split(/^# /m).slice(1);
  return new Map(
    blocks.map((block) => {
      const [name = "", ...lines] = block.trimEnd().split("\n");
      return [name, lines];
    }),
  );
}

function writeRecorded(
  path: URL,
  stories: readonly Story[],
  told: ReadonlyMap<string, readonly string[]>,
): void {
  const blocks = stories.map(({ name }) => [`# ${name}`, ...(told.get(name) ?? [])].join("\n"));
  writeFileSync(path, `${blocks.join("\n\n")}\n`);
}
