/** Whole clusters from files, however large: snapshots, and lists as `kubectl get … -o json` or `-o yaml` prints them. */
import { statSync } from "node:fs";
import { InputError } from "../../view/input-error.ts";
import { checkSnapshotHeader, type Omission, type SnapshotHeader } from "../../view/snapshot.ts";
import { ModelBuilder } from "../model/builder.ts";
import type { Model } from "../model/model.ts";
import { bytesOf } from "./byte-source.ts";
import { readJson } from "./read-json.ts";
import { readYaml } from "./read-yaml.ts";

export interface ReadSnapshot {
  readonly model: Model;
  readonly header: SnapshotHeader;
  /** Kinds that could not be read when the snapshot was taken. */
  readonly omitted: readonly Omission[];
}

/** @throws {InputError} when the file cannot be read, or is no snapshot */
export async function readSnapshot(file: string): Promise<ReadSnapshot> {
  const builder = new ModelBuilder();
  const { header: fields } = await readJson(file, bytesOf(file), builder, sizeOf(file));
  const header = checkSnapshotHeader(Object.fromEntries(fields), file);
  const omitted = fields.get("omitted");
  return {
    model: builder.build(minorOf(header.kubernetesVersion)),
    header,
    omitted: Array.isArray(omitted) ? (omitted as Omission[]) : [],
  };
}

/** One model of all the files, each a list, an object or several of these. @throws {InputError} when one cannot be read */
export async function readLists(files: readonly string[]): Promise<Model> {
  const builder = new ModelBuilder();
  for (const file of files) {
    const objects = YAML_FILE.test(file)
      ? await readYaml(file, bytesOf(file), builder, sizeOf(file))
      : (await readJson(file, bytesOf(file), builder, sizeOf(file))).objects;
    if (objects === 0) throw new InputError({ file }, "no object found in it");
  }
  return builder.build();
}

const YAML_FILE = /\.ya?ml(\.gz)?$/;

/** Whether the file begins as JSON does, unzipped where need be. @throws {InputError} when it cannot be read */
export async function isJsonFile(file: string): Promise<boolean> {
  for await (const part of bytesOf(file)) {
    const first = part.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
    if (first !== undefined) return first === 0x7b || first === 0x5b;
  }
  return false;
}

/** "v1.34.4" → 34; what cannot be read counts as the version that is modelled. */
export function minorOf(version: string): number {
  const minor = /^v?1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? 34 : Number(minor);
}

/** How long the text in a file is, where it stands there as it is. */
function sizeOf(file: string): number | undefined {
  return file.endsWith(".gz") ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
}
