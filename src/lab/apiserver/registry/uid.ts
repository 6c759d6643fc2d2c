import type { Engine } from "../../../time/engine.ts";

const HEX = Array.from({ length: 0x10000 }, (_, i) => i.toString(16).padStart(4, "0"));

/** A version 4 UUID from a stream of the engine's chance, so that a seed gives the same ones. */
export function newUid(engine: Engine, stream = "apiserver/uids"): string {
  const random = engine.random(stream);
  const hex4 = (bits = 0x10000, fixed = 0) => HEX[fixed + random.below(bits)] as string;
  const [version, variant] = [hex4(0x1000, 0x4000), hex4(0x4000, 0x8000)];
  return `${hex4()}${hex4()}-${hex4()}-${version}-${variant}-${hex4()}${hex4()}${hex4()}`;
}
