import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { playScenario } from "./support/scenario/scenario.ts";

const FOLDER = "test/scenarios";
const update = process.env.HOLDFAST_UPDATE === "1";

test.each(readdirSync(FOLDER).map((file) => ({ name: file })))("$name plays as written", async ({ name }) => {
  const { expected, printed } = await playScenario(join(FOLDER, name), update);
  expect(printed).toBe(expected);
});
