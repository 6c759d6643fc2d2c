/**
 * Unified diffs as Kubernetes prints them in errors about immutable specs: Ratcliff and Obershelp's matching (Python's difflib),
 * three lines of context, no file names. Popular lines of long texts are no anchors, as there.
 */
const CONTEXT = 3;
const POPULARITY_FROM = 200;

interface Match {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

interface Edit {
  readonly kind: "equal" | "change";
  readonly a: readonly [start: number, end: number];
  readonly b: readonly [start: number, end: number];
}

/** The difference of two values, printed as JSON with one value a line. */
export function jsonDiff(before: unknown, after: unknown): string {
  return lineDiff(JSON.stringify(before, null, 1).split("\n"), JSON.stringify(after, null, 1).split("\n"));
}

/** Hunks with three lines of context; every line ends in a line break. */
export function lineDiff(before: readonly string[], after: readonly string[]): string {
  let text = "";
  for (const hunk of hunks(edits(before, after))) {
    const first = hunk[0] as Edit;
    const last = hunk[hunk.length - 1] as Edit;
    text += `@@ -${range(first.a[0], last.a[1])} +${range(first.b[0], last.b[1])} @@\n`;
    for (const edit of hunk) {
      const removed = before.slice(...edit.a);
      if (edit.kind === "equal") {
        for (const line of removed) text += ` ${line}\n`;
        continue;
      }
      for (const line of removed) text += `-${line}\n`;
      for (const line of after.slice(...edit.b)) text += `+${line}\n`;
    }
  }
  return text;
}

function range(start: number, end: number): string {
  const length = end - start;
  if (length === 1) return `${start + 1}`;
  return `${length === 0 ? start : start + 1},${length}`;
}

function edits(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const result: Edit[] = [];
  let a = 0;
  let b = 0;
  for (const match of [...matchingBlocks(before, after), { a: before.length, b: after.length, size: 0 }]) {
    if (a < match.a || b < match.b) result.push({ kind: "change", a: [a, match.a], b: [b, match.b] });
    a = match.a + match.size;
    b = match.b + match.size;
    if (match.size > 0) result.push({ kind: "equal", a: [match.a, a], b: [match.b, b] });
  }
  return result;
}

/** Changes with their context, split where there are more than twice as many equal lines as a context holds. */
function hunks(all: readonly Edit[]): readonly (readonly Edit[])[] {
  const result: Edit[][] = [];
  let hunk: Edit[] = [];
  all.forEach((edit, i) => {
    if (edit.kind === "change") {
      hunk.push(edit);
      return;
    }
    const length = edit.a[1] - edit.a[0];
    const isFirst = i === 0;
    const isLast = i === all.length - 1;
    if (isFirst || isLast || length > 2 * CONTEXT) {
      if (!isFirst) {
        hunk.push(cut(edit, 0, Math.min(CONTEXT, length)));
        result.push(hunk);
      }
      hunk = isLast ? [] : [cut(edit, Math.max(0, length - CONTEXT), length)];
    } else hunk.push(edit);
  });
  if (hunk.some((edit) => edit.kind === "change")) result.push(hunk);
  return result;
}

function cut(edit: Edit, from: number, to: number): Edit {
  return { kind: edit.kind, a: [edit.a[0] + from, edit.a[0] + to], b: [edit.b[0] + from, edit.b[0] + to] };
}

function matchingBlocks(before: readonly string[], after: readonly string[]): readonly Match[] {
  const places = placesOf(after);
  const found: Match[] = [];
  const open: [number, number, number, number][] = [[0, before.length, 0, after.length]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [aFrom, aTo, bFrom, bTo] = next;
    const match = longestMatch(before, after, places, next);
    if (match.size === 0) continue;
    found.push(match);
    if (aFrom < match.a && bFrom < match.b) open.push([aFrom, match.a, bFrom, match.b]);
    const [aNext, bNext] = [match.a + match.size, match.b + match.size];
    if (aNext < aTo && bNext < bTo) open.push([aNext, aTo, bNext, bTo]);
  }
  found.sort((x, y) => x.a - y.a || x.b - y.b);
  return joined(found);
}

function joined(matches: readonly Match[]): readonly Match[] {
  const result: Match[] = [];
  for (const match of matches) {
    const last = result[result.length - 1];
    if (last !== undefined && last.a + last.size === match.a && last.b + last.size === match.b) {
      result[result.length - 1] = { ...last, size: last.size + match.size };
    } else result.push(match);
  }
  return result;
}

/** Where each line stands; lines that make up more than a hundredth of a long text are left out. */
function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  lines.forEach((line, i) => {
    const known = places.get(line);
    if (known) known.push(i);
    else places.set(line, [i]);
  });
  if (lines.length < POPULARITY_FROM) return places;
  const most = Math.floor(lines.length / 100) + 1;
  for (const [line, at] of places) if (at.length > most) places.delete(line);
  return places;
}

function longestMatch(
  before: readonly string[],
  after: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  [aFrom, aTo, bFrom, bTo]: readonly [number, number, number, number],
): Match {
  let [a, b, size] = [aFrom, bFrom, 0];
  let lengths = new Map<number, number>();
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(before[i] as string) ?? []) {
      if (j < bFrom || j >= bTo) continue;
      const length = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, length);
      if (length > size) [a, b, size] = [i - length + 1, j - length + 1, length];
    }
    lengths = next;
  }
  // What is no anchor still belongs to a match that it touches.
  while (a > aFrom && b > bFrom && before[a - 1] === after[b - 1]) [a, b, size] = [a - 1, b - 1, size + 1];
  while (a + size < aTo && b + size < bTo && before[a + size] === after[b + size]) size++;
  return { a, b, size };
}
