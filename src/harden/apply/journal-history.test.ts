import { describe, expect, test } from "vitest";
import type { JournalEntry, JournalState } from "./journal.ts";
import { outdated, shortfallTo } from "./journal-history.ts";

const entry = (
  revision: number,
  state: JournalState = "applied",
  component = "web",
  previous = revision - 1,
) => ({ revision, state, component, previous }) as JournalEntry;
const until = (last: number, state?: JournalState) =>
  Array.from({ length: last }, (_, i) => entry(i + 1, state));
const revisions = (entries: readonly JournalEntry[]) => entries.map(({ revision }) => revision);

describe("of a journal", () => {
  test.each([
    { name: "ten revisions are kept", entries: until(10), gone: [] },
    { name: "the oldest of twelve go", entries: until(12), gone: [1, 2] },
    { name: "what was taken back is kept as long", entries: until(12, "rolled-back"), gone: [1, 2] },
    {
      name: "the last one of a workload stays, however old",
      entries: [entry(1, "applied", "album", 0), ...until(12).slice(1)],
      gone: [2],
    },
    {
      name: "what is unfinished or left behind stays",
      entries: [entry(1, "rolling-back"), entry(2, "left-behind"), ...until(14).slice(2)],
      gone: [3, 4],
    },
    {
      name: "what was taken back does not push out what is in force",
      entries: [entry(1), ...Array.from({ length: 12 }, (_, i) => entry(i + 2, "rolled-back", "web", 1))],
      gone: [2, 3],
    },
  ])("$name", ({ entries, gone }) => {
    expect(revisions(outdated(entries))).toEqual(gone);
  });
});

describe("a rollback", () => {
  const kept = until(12).slice(2);
  test.each([
    { name: "to a revision that is kept", to: 5, entries: kept, short: undefined },
    { name: "to the last one that is not", to: 2, entries: kept, short: undefined },
    { name: "to one before that", to: 1, entries: kept, short: { component: "web", nearest: 2 } },
    { name: "of a whole journal to its beginning", to: 0, entries: until(3), short: undefined },
    {
      name: "of what has one revision of its own only",
      to: 0,
      entries: [entry(7, "applied", "album", 0)],
      short: undefined,
    },
  ])("$name", ({ to, entries, short }) => {
    expect(shortfallTo(to, entries)).toEqual(short);
  });
});
