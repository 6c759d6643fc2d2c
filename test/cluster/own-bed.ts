/** A bed for one process alone: it ends when the process does, however that comes. */
import { type BedOptions, bringUp, takeDown } from "./bed.ts";
import { afterOurEnd } from "./keeper.ts";
import { type Bed, findBed } from "./state.ts";

/** Runs `use` on a bed of its own and ends the bed, whatever happens.
 * @throws {BedError} when no bed can run here */
export async function withBed<T>(
  options: Omit<BedOptions, "name">,
  use: (bed: Bed) => Promise<T>,
): Promise<T> {
  const name = `own-${process.pid}`;
  const callOff = afterOurEnd(import.meta.url, name);
  try {
    const bed = await bringUp({ ...options, name });
    try {
      return await use(bed);
    } finally {
      await takeDown(bed);
    }
  } finally {
    callOff();
  }
}

/** What is left to do for a process that could not do it itself. */
export default async function endBed(name: string): Promise<void> {
  const bed = findBed(name);
  if (bed !== undefined) await takeDown(bed);
}
