import { expect, test } from "vitest";
import type { KubeObject } from "../../kube/types/index.ts";
import { type Commit, History } from "./history.ts";

function commit(revision: number): Commit {
  return { revision, type: "ADDED", object: {} as KubeObject, previous: undefined };
}

test("a history keeps the last commits and tells from which revision on it is whole", () => {
  const history = new History(3, 10);
  expect(history.compactedRevision).toBe(10);
  for (const revision of [11, 13, 17, 19, 23]) history.append(commit(revision));
  expect([history.start, history.end]).toEqual([2, 5]);
  expect(history.compactedRevision).toBe(13);
  expect(history.at(history.start).revision).toBe(17);
});

test.each([
  { name: "a revision between two commits", revision: 12, position: 1 },
  { name: "a commit's own revision", revision: 13, position: 2 },
  { name: "before the first", revision: 1, position: 0 },
  { name: "after the last", revision: 99, position: 3 },
])("the first commit after $name", ({ revision, position }) => {
  const history = new History(8, 0);
  for (const each of [11, 13, 17]) history.append(commit(each));
  expect(history.after(revision)).toBe(position);
});
