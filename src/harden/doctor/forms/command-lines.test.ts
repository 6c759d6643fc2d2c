import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandLines } from "./command-lines.ts";

test.each([
  {
    name: "fits",
    command: "kubectl rollout undo deployment/web -n shop",
    width: 80,
    lines: ["kubectl rollout undo deployment/web -n shop"],
  },
  {
    name: "is no patch",
    command: "kubectl get pods --all-namespaces",
    width: 10,
    lines: ["kubectl get pods --all-namespaces"],
  },
  {
    name: "does not fit",
    command: `kubectl patch deployment/web -n shop --type=merge -p '{"spec":{"replicas":2,"strategy":{"type":"Recreate"}}}'`,
    width: 50,
    lines: [
      "kubectl patch deployment/web -n shop --type=merge \\",
      `  -p '{"spec":{"replicas":2,"strategy":{`,
      `      "type":"Recreate"}}}'`,
    ],
  },
])("a command that $name", ({ command, width, lines }) => {
  expect(commandLines(command, width)).toEqual(lines);
});

test("a shell and kubectl read of the lines what they read of the command", () => {
  const patch = fc.jsonValue({ maxDepth: 3 }).map((value) => ({ spec: value }));
  const width = fc.integer({ min: 10, max: 60 });
  fc.assert(
    fc.property(patch, width, (value, width) => {
      const json = JSON.stringify(value).replaceAll("'", "");
      const lines = commandLines(`printf %s -p '${json}'`, width);
      const printed = execFileSync("sh", ["-c", lines.map((line) => `            ${line}`).join("\n")], {
        encoding: "utf8",
      });
      expect(JSON.parse(printed.slice("-p".length))).toEqual(JSON.parse(json));
    }),
    { numRuns: 50 },
  );
});
