import type { KubeObject } from "../../kube/types/index.ts";
import { InputError } from "../../view/input-error.ts";
import { parseManifests } from "../../view/manifests.ts";
import type { ModelBuilder } from "../model/builder.ts";
import { MemoryGuard } from "./memory-guard.ts";
import { type YamlPiece, YamlPieces } from "./yaml-pieces.ts";

/**
 * Reads YAML documents into a builder, however long they are: lists as `kubectl get … -o yaml` prints them are read item by item.
 * @param file what messages call it
 * @param totalBytes how long the text is, where that is known
 * @returns how many objects there are
 * @throws {InputError} when a piece is no YAML or no object of Kubernetes, with its line and document; when it takes more memory
 * than there is, with what it would need
 */
export async function readYaml(
  file: string,
  parts: AsyncIterable<Uint8Array>,
  builder: Pick<ModelBuilder, "add">,
  totalBytes?: number,
): Promise<number> {
  const pieces = new YamlPieces();
  const guard = new MemoryGuard(totalBytes);
  let objects = 0;
  let bytes = 0;
  const add = ({ text, line, document }: YamlPiece) => {
    for (const { object } of parseManifests(text, file, { line, document })) {
      builder.add(object as unknown as KubeObject);
      objects++;
    }
  };
  const check = (why: string | undefined) => {
    if (why !== undefined) throw new InputError({ file }, why);
  };
  for await (const { lines, read } of linesOf(file, parts)) {
    for (const line of lines) pieces.take(line).forEach(add);
    bytes += read;
    check(guard.check(bytes, objects));
  }
  pieces.end().forEach(add);
  check(guard.checkEnd(Math.max(1, bytes), objects));
  return objects;
}

/** Whole lines as they come, without their ends, and how many bytes were read for them. @throws {InputError} on what is no text */
async function* linesOf(
  file: string,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly lines: readonly string[]; readonly read: number }> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (part?: Uint8Array) => {
    try {
      return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true });
    } catch (error) {
      throw new InputError({ file }, "is not UTF-8 text", { cause: error });
    }
  };
  let rest = "";
  for await (const part of parts) {
    const lines = (rest + decode(part)).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield { lines, read: part.length };
  }
  yield { lines: [rest + decode()], read: 0 };
}
