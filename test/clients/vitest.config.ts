import { defineConfig } from "vitest/config";

const report = process.env.HOLDFAST_TEST_REPORT;

/** The clients that nobody here wrote, against `holdfast lab up`: they need Go, a build and minutes. */
export default defineConfig({
  test: {
    include: ["test/clients/**/*.test.ts"],
    // Each test starts where the one before it has left the lab.
    bail: 1,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
  },
});
