import { defineConfig } from "vitest/config";

const report = process.env.HOLDFAST_TEST_REPORT;

/** The contract on all that it holds for, a real API server among them: that needs Go and, once, a build. */
export default defineConfig({
  test: {
    include: [
      "test/contract/{local,https,real}.test.ts",
      "test/contract/{access,sequences,webhooks,wire}/*.test.ts",
    ],
    pool: "threads",
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
  },
});
