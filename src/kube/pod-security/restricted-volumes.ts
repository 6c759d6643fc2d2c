import { type Judged, names, quoted, sortedUnique } from "./judged.ts";

/** Sources of volumes that anybody may use. */
const ALLOWED = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Volumes of other sources. */
export function restrictedVolumes({ spec }: Judged): string | undefined {
  const bad = (spec.volumes ?? []).filter(
    (volume) => !ALLOWED.some((source) => volume[source] !== undefined),
  );
  if (bad.length === 0) return undefined;
  const types = sortedUnique(
    bad.map((volume) => Object.keys(volume).find((key) => key !== "name") ?? "unknown"),
  );
  return `${names("volume", bad)} ${bad.length === 1 ? "uses" : "use"} restricted volume ${types.length === 1 ? "type" : "types"} ${quoted(types)}`;
}
