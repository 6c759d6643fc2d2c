import { nameOf } from "../../checks/check.ts";
import { counted, typed } from "../commands.ts";
import {
  concernsOf,
  endText,
  type FailingContainer,
  failingContainers,
  hasCrashed,
  lastWords,
  logsCommand,
  logWish,
  unseenLogs,
} from "../containers.ts";
import type { Examined } from "../examined.ts";
import type { Remedy, Trouble } from "../trouble.ts";
import { damageOf } from "./filesystem-damaged.ts";

/** A container that ends again and again, an init container too, with its last words. */
export const crashLoop: Trouble = {
  id: "crash-loop",
  title: "A container ends again and again",
  wantsLogs: (examined) => failingContainers(examined).filter(hasCrashed).map(logWish),
  *find(examined) {
    for (const container of failingContainers(examined)) {
      if (!hasCrashed(container) || isKilledForMemory(container)) continue;
      if (damageOf(examined, container) !== undefined) continue;
      const { pod, status, isInit } = container;
      const events = examined.eventsOf(nameOf(pod));
      const killed = events.findLast(
        ({ reason, message }) => reason === "Killing" && /liveness|startup/i.test(message ?? ""),
      );
      const unhealthy = events.findLast(
        ({ reason, message }) => reason === "Unhealthy" && /liveness|startup/i.test(message ?? ""),
      );
      const byProbe = killed !== undefined;
      yield {
        object: nameOf(pod),
        concerns: concernsOf(examined, pod),
        cause: byProbe
          ? `container ${status.name} is killed by its ${/startup/i.test(killed.message ?? "") ? "startup" : "liveness"} probe, ${counted(status.restartCount, "time")} so far`
          : `${isInit ? "init container" : "container"} ${status.name} ends with ${endText(container)}${status.restartCount > 0 ? `, ${counted(status.restartCount + 1, "time")} so far` : ""}${isInit ? "; the pod starts only when it has succeeded" : ""}`,
        evidence: [
          ...(unhealthy?.message === undefined ? [] : [`event: ${unhealthy.message.split("\n")[0]}`]),
          ...lastWords(examined, container),
          ...(lastWords(examined, container).length === 0 &&
          unseenLogs(examined, container).unseen === undefined
            ? ["it printed nothing before it ended"]
            : []),
        ],
        remedies: remediesOf(examined, container, byProbe),
        ...unseenLogs(examined, container),
      };
    }
  },
};

export function isKilledForMemory({ ended }: FailingContainer): boolean {
  return ended?.reason === "OOMKilled";
}

/** What exit codes mean by convention. */
const MEANINGS: Readonly<Record<number, string>> = {
  126: "its command cannot be run: not executable, or for another processor",
  127: "its command does not exist in the image: look at command and args",
  137: "something killed it (SIGKILL): a probe, the node, or memory",
  139: "it crashed on memory that is not its own (SIGSEGV): a fault of the program or its image",
  143: "it was told to stop (SIGTERM) and ended",
};

function remediesOf(examined: Examined, container: FailingContainer, byProbe: boolean): Remedy[] {
  const { pod, ended } = container;
  const owner = examined.ownerOf(pod);
  const meaning = MEANINGS[ended?.exitCode ?? 0];
  const isDeployment = owner.kind === "Deployment" && examined.replicaSetsOf(owner).length > 1;
  return [
    {
      command: logsCommand(container),
      says:
        meaning === undefined
          ? "shows all that it said"
          : `shows all that it said; by its exit code, ${meaning}`,
    },
    ...(byProbe
      ? [
          {
            says: "give the probe more time (initialDelaySeconds, failureThreshold, or a startupProbe) if the program only starts slowly",
          },
        ]
      : []),
    ...(isDeployment
      ? [
          {
            command: `kubectl rollout undo ${typed(owner)}`,
            says: "goes back to the template before, if it began with the last change",
          },
        ]
      : []),
  ];
}
