import { expect, test } from "vitest";
import { type PlainCommand, plainCommand } from "./plain-command.ts";

const shell = (script: string) => ["/bin/sh", "-c", script];

// What busybox's own shell and programs do.
test.each<{ name: string; command?: string[]; args?: string[]; is: PlainCommand | undefined }>([
  { name: "true", command: ["true"], is: { runSeconds: 0, exitCode: 0 } },
  { name: "false by its path", command: ["/bin/false"], is: { runSeconds: 0, exitCode: 1 } },
  { name: "sleep with a number", command: ["sleep"], args: ["3600"], is: { runSeconds: 3600, exitCode: 0 } },
  { name: "sleep with a unit", command: ["sleep", "2m"], is: { runSeconds: 120, exitCode: 0 } },
  { name: "sleep for ever", command: ["sleep", "infinity"], is: { exitCode: 0 } },
  { name: "pause as an argument of the image", args: ["pause"], is: { exitCode: 0 } },
  { name: "a script that fails", command: shell("exit 3"), is: { runSeconds: 0, exitCode: 3 } },
  { name: "a script's status", command: shell("false"), is: { runSeconds: 0, exitCode: 1 } },
  { name: "an exit without a number", command: shell("false; exit"), is: { runSeconds: 0, exitCode: 1 } },
  { name: "a series", command: shell("sleep 1; sleep 2 && exit 7"), is: { runSeconds: 3, exitCode: 7 } },
  {
    name: "what failed ends its chain",
    command: shell("false && sleep 9"),
    is: { runSeconds: 0, exitCode: 1 },
  },
  { name: "and not the script", command: shell("false && exit 2; true"), is: { runSeconds: 0, exitCode: 0 } },
  { name: "lines", command: shell("echo hello\nsleep 1\n"), is: { runSeconds: 1, exitCode: 0 } },
  { name: "a script that looks around", command: shell("test -e /data && exit 1"), is: undefined },
  { name: "a script with a variable", command: shell("exit $CODE"), is: undefined },
  { name: "another program", command: ["/server", "--port=80"], is: undefined },
  { name: "no command", is: undefined },
])("$name", ({ is, name: _, ...container }) => {
  expect(plainCommand(container)).toEqual(is);
});
