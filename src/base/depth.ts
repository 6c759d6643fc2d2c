/** Trees of JSON that may be deeper than calls may be: they are walked with a stack of their own. */

interface Level {
  readonly container: Record<string, unknown>;
  readonly depth: number;
}

/** Whether objects and lists stand in each other more than so many deep; a plain value is 0 deep, an empty list 1. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  let found = false;
  walk(value, (_container, _key, at) => {
    if (at > depth) found = true;
    return !found;
  });
  return found || (depth < 1 && isContainer(value));
}

/** Empties, in place, whatever stands deeper than that. */
export function emptyBelow(value: unknown, depth: number): void {
  walk(value, (container, key, at) => {
    if (at <= depth) return true;
    container[key] = Array.isArray(container[key]) ? [] : {};
    return false;
  });
}

/** Shows every object and list in the tree but its root; `visit` says whether to go on below it. */
function walk(
  root: unknown,
  visit: (container: Record<string, unknown>, key: string, depth: number) => boolean,
): void {
  const levels: Level[] = isContainer(root) ? [{ container: root, depth: 1 }] : [];
  for (let level = levels.pop(); level !== undefined; level = levels.pop()) {
    const { container, depth } = level;
    for (const key of Object.keys(container)) {
      const inner = container[key];
      if (isContainer(inner) && visit(container, key, depth + 1))
        levels.push({ container: inner, depth: depth + 1 });
    }
  }
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
