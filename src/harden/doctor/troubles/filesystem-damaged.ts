import { nameOf } from "../../checks/check.ts";
import { listed, scaleRemedy } from "../commands.ts";
import {
  allWords,
  concernsOf,
  type FailingContainer,
  failingContainers,
  logsCommand,
  logWish,
} from "../containers.ts";
import type { Examined } from "../examined.ts";
import type { Found, Trouble } from "../trouble.ts";
import { withoutSecrets } from "../without-secrets.ts";

/** EUCLEAN, EIO and their like: what the kernel says when a file system or the disk below it is broken. */
const DAMAGE =
  /structure needs cleaning|input\/output error|bad superblock|corrupt(ed)? (page|block|superblock|filesystem)|ext4-fs error|xfs.*corruption|read-only file system|(invalid|corrupted) page in block/i;

/** A restart, or another pod on the same volume, meets the same damage and may make it worse. */
export const filesystemDamaged: Trouble = {
  id: "filesystem-damaged",
  title: "A file system is damaged",
  wantsLogs: (examined) => failingContainers(examined).map(logWish),
  *find(examined) {
    const told = new Set<string>();
    for (const container of failingContainers(examined)) {
      const line = damageOf(examined, container);
      const { name } = container.pod.metadata;
      if (line === undefined || told.has(name)) continue;
      told.add(name);
      yield explain(examined, container, line);
    }
  },
};

/** The line that says it, where one does. */
export function damageOf(examined: Examined, container: FailingContainer): string | undefined {
  const mounting = examined.lastEvent(
    nameOf({ ...container.pod, kind: "Pod" }),
    "FailedMount",
    "FailedMapVolume",
  );
  return [...allWords(examined, container), mounting?.message ?? ""].findLast((line) => DAMAGE.test(line));
}

function explain(examined: Examined, container: FailingContainer, line: string): Found {
  const { pod } = container;
  const owner = examined.ownerOf(pod);
  const claims = (pod.spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim: claim }) => claim?.claimName ?? [],
  );
  const stops = owner.kind === "Deployment" || owner.kind === "StatefulSet";
  return {
    object: nameOf(pod),
    concerns: [
      ...concernsOf(examined, pod),
      ...claims.map((name) => ({
        kind: "PersistentVolumeClaim",
        namespace: pod.metadata.namespace ?? "",
        name,
      })),
    ],
    cause: `the file system under container ${container.status.name} is damaged${claims.length > 0 ? ` (claim ${listed(claims)}, on ${pod.spec.nodeName})` : ` (on ${pod.spec.nodeName})`}: deleting the pod only brings the same damage back, and each start that writes may add to it`,
    evidence: [
      `log: ${withoutSecrets(line).slice(0, 200)}`,
      ...(container.status.restartCount > 0 ? [`started ${container.status.restartCount + 1} times`] : []),
    ],
    remedies: [
      ...(stops
        ? [
            scaleRemedy(
              owner,
              0,
              "first: stops the writer, so that nothing writes to the damaged file system; for one that an operator runs, pause or fence it there",
            ),
          ]
        : []),
      {
        says: "second: with the volume detached from every pod, make a copy or a snapshot of it, then fsck (ext4) or xfs_repair (XFS) its device on the node; what a repair cuts off ends in lost+found, and a database is to be checked afterwards (PostgreSQL: pg_amcheck)",
      },
      {
        says: "or restore the last good backup into a new claim; with a healthy replica, drop this one's claim and let it be copied anew from there",
      },
      {
        command: `kubectl describe node ${pod.spec.nodeName}`,
        says: "and look why: a full or failing disk, a node that lost its power",
      },
      ...(stops ? [] : [{ command: logsCommand(container), says: "shows the whole log" }]),
    ],
  };
}
