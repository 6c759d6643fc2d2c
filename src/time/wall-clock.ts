import type { Engine } from "./engine.ts";

/** An engine kept in step with the machine's clock until it is stopped. */
export interface WallClock {
  /** Brings the engine up to this moment at once, before an outside event is handled. */
  catchUp(): void;
  stop(): void;
}

/** The moment on the machine's clock, in milliseconds since the Unix epoch. */
export function wallNow(): number {
  return performance.timeOrigin + performance.now();
}

const LONGEST_WAIT_MS = 1_000;

/**
 * Lets the engine's time pass at `speed` times the machine's, from where the engine stands. A task that fails is told to
 * `onFailure`, and time goes on without it: those who look at the clock are not those whose task it was.
 */
export function runOnWallClock(
  engine: Engine,
  speed = 1,
  onFailure: (error: unknown) => void = (error) => {
    throw error;
  },
): WallClock {
  const realStart = wallNow();
  const engineStart = engine.now();
  const moment = () => engineStart + (wallNow() - realStart) * speed;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const catchUp = () => {
    for (let isThere = false; !isThere; ) {
      try {
        engine.runUntil(moment());
        isThere = true;
      } catch (error) {
        onFailure(error);
      }
    }
  };
  const turn = () => {
    if (stopped) return;
    catchUp();
    const due = engine.nextDueMs();
    const waitMs = due === undefined ? LONGEST_WAIT_MS : Math.max(0, (due - moment()) / speed);
    timer = setTimeout(turn, Math.min(waitMs, LONGEST_WAIT_MS));
  };
  turn();
  return {
    catchUp,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** The machine's clock, for those who wait for what a real cluster does. */
export const WALL_CLOCK = { now: wallNow };

/** Resolves when so much of the machine's time has passed. */
export function wallSleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
