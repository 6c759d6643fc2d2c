import type { Engine } from "./engine.ts";

/**
 * Runs an engine for an asynchronous user: between two tasks every promise that can go on goes on,
 * so `await engine.sleep(1000)` costs one virtual second and no real one. Work that the engine holds for goes on first.
 * @throws whatever `work` rejects with; an Error when the engine has nothing left to do and `work` still waits.
 */
export async function drive<T>(engine: Engine, work: Promise<T>): Promise<T> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  work.then(mark, mark);
  for (;;) {
    await macrotask();
    if (settled) return work;
    if (engine.held !== undefined) {
      await engine.held;
      continue;
    }
    if (!engine.step()) throw new Error("Nothing is scheduled any more, and the work still waits");
  }
}

/** Every microtask that is ready runs before a macrotask does. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
