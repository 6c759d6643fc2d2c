import { defineConfig } from "vitest/config";

const report = process.env.HOLDFAST_TEST_REPORT;

/** A real cluster on this machine: it takes root, Go and minutes. */
export default defineConfig({
  test: {
    include: ["test/cluster/{bed,helm-upgrades,policies,volumes}.test.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 600_000,
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
  },
});
