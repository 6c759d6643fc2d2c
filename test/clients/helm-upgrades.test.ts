/** The Helm matrix against a lab: what an upgrade does to the fields of a policy, foretold and done. */
import { afterAll, beforeAll, describe } from "vitest";
import { type LabProcess, startLabProcess } from "../support/lab-process.ts";
import { HelmMatrix } from "./support/helm-matrix.ts";
import { describeMatrix } from "./support/helm-matrix-cells.ts";
import { clientPrograms } from "./support/programs.ts";

const { missing, paths } = await clientPrograms("helm3", "helm4");

describe.skipIf(missing !== undefined)("helm's upgrades of a lab", () => {
  let lab: LabProcess;
  let matrix: HelmMatrix;

  beforeAll(async () => {
    lab = await startLabProcess("--speed", "40");
    matrix = new HelmMatrix(lab, paths);
  });
  afterAll(async () => {
    matrix?.close();
    await lab?.close();
  });

  describeMatrix(() => matrix);
});
