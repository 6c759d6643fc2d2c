import { defineConfig } from "vitest/config";

const report = process.env.HOLDFAST_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: [
      // These run by a configuration of their own.
      "test/clients/**",
      "test/cluster/bed.test.ts",
      // The contract's third run wants a real cluster: it is asked for by naming its kubeconfig.
      ...(process.env.HOLDFAST_CONTRACT_KUBECONFIG === undefined ? ["test/contract/real.test.ts"] : []),
    ],
    pool: "threads",
    isolate: false,
    testTimeout: 20_000,
    // .ci/run counts tests from a file; people read the terminal.
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
  },
});
