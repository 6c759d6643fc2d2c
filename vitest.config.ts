import { defineConfig } from "vitest/config";

const report = process.env.HOLDFAST_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: [
      // These run by a configuration of their own.
      "test/clients/**",
      "test/cluster/{bed,helm-upgrades,policies,volumes}.test.ts",
      // The contract's third run starts a real API server, which needs Go and a build: npm run contract.
      "test/contract/**/real.test.ts",
    ],
    pool: "threads",
    isolate: false,
    testTimeout: 20_000,
    // .ci/run counts tests from a file; people read the terminal.
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
  },
});
