/** The Helm matrix on a real control plane, whose nodes and pods KWOK plays: the same cells as on a lab. */
import { afterAll, beforeAll, describe } from "vitest";
import { HelmMatrix } from "../clients/support/helm-matrix.ts";
import { describeMatrix } from "../clients/support/helm-matrix-cells.ts";
import { programs } from "../programs/build.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { addFakeNodes } from "./kwok.ts";

describe("helm's upgrades of a real cluster", () => {
  let plane: ControlPlane;
  let matrix: HelmMatrix;

  beforeAll(async () => {
    const paths = await programs("helm3", "helm4");
    plane = await startControlPlane({ with: ["controller-manager", "scheduler"] });
    matrix = new HelmMatrix(plane, paths);
    await addFakeNodes(matrix.client, 3, { folder: plane.folder, kubeconfig: plane.kubeconfig });
  }, 300_000);
  afterAll(async () => {
    matrix?.close();
    await plane?.close();
  });

  describeMatrix(() => matrix);
});
