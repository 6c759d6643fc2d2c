import { defineConfig } from "vitest/config";

const report = process.env.HOLDFAST_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "threads",
    isolate: false,
    testTimeout: 20_000,
    // .ci/run counts tests from a file; people read the terminal.
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
  },
});
