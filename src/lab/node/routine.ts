import type { Agenda } from "./agenda.ts";

/** What a routine waits for: so many milliseconds, or whoever calls `wake`; only the first call counts. */
export type Pause = number | ((wake: () => void) => void);

/** Work that takes time, written as one piece: it yields what it waits for and goes on after that. */
export type Routine<T = void> = Generator<Pause, T, void>;

/**
 * Runs a routine on an agenda. A routine of a process that died is never gone on with; one of a process that hangs
 * goes on when the process does.
 */
export function runRoutine<T>(agenda: Agenda, routine: Routine<T>, done?: (result: T) => void): void {
  const step = () => {
    const next = routine.next();
    if (next.done) done?.(next.value);
    else if (typeof next.value === "number") agenda.after(next.value, step);
    else next.value(once(() => agenda.after(0, step)));
  };
  step();
}

/** Runs routines side by side and goes on when the last has ended. */
export function* together(agenda: Agenda, routines: readonly Routine[]): Routine {
  let running = routines.length;
  if (running === 0) return;
  yield (wake) => {
    for (const routine of routines) {
      runRoutine(agenda, routine, () => {
        running--;
        if (running === 0) wake();
      });
    }
  };
}

function once(task: () => void): () => void {
  let called = false;
  return () => {
    if (called) return;
    called = true;
    task();
  };
}
