import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import {
  difference,
  EMPTY_SET,
  type FieldSet,
  intersection,
  isEmptySet,
  isMember,
  pathsOf,
  union,
} from "./field-set.ts";

const element = fc.constantFrom("f:a", "f:b", 'k:{"name":"a"}', 'v:"x"');
const path = fc.array(element, { minLength: 1, maxLength: 3 });
const paths = fc.array(path, { maxLength: 6 });

/** A set built path by path, the slow way. */
function setOf(paths: readonly (readonly string[])[]): FieldSet {
  return paths.map(single).reduce(union, EMPTY_SET);
}

function single([first = "", ...rest]: readonly string[]): FieldSet {
  return { [first]: rest.length === 0 ? EMPTY_SET : single(rest) };
}

/** The members as plain texts: the second implementation that the first is held against. */
function membersOf(set: FieldSet, prefix: readonly string[] = []): string[] {
  return Object.entries(set).flatMap(([element, below]) => {
    if (element === ".") return [];
    const path = [...prefix, element];
    return [...(isMember(below) ? [path.join(" / ")] : []), ...membersOf(below, path)];
  });
}

const plain = (paths: readonly (readonly string[])[]) =>
  [...new Set(paths.map((path) => path.join(" / ")))].sort();
const sorted = (set: FieldSet) => membersOf(set).sort();

describe("property", () => {
  test("a set holds the paths that were put into it", () => {
    assertProperty(
      fc.property(paths, (paths) => {
        const set = setOf(paths);
        expect(sorted(set)).toEqual(plain(paths));
        expect(isEmptySet(set)).toBe(paths.length === 0);
      }),
    );
  });

  test("union, difference and intersection agree with sets of texts", () => {
    assertProperty(
      fc.property(paths, paths, (left, right) => {
        const [a, b] = [setOf(left), setOf(right)];
        const inRight = new Set(plain(right));
        expect(sorted(union(a, b))).toEqual(plain([...left, ...right]));
        expect(sorted(difference(a, b))).toEqual(plain(left).filter((path) => !inRight.has(path)));
        expect(sorted(intersection(a, b))).toEqual(plain(left).filter((path) => inRight.has(path)));
      }),
    );
  });

  test("an operation that changes nothing gives the same set", () => {
    assertProperty(
      fc.property(paths, paths, (left, right) => {
        const a = setOf(left);
        expect(union(a, setOf(left))).toBe(a);
        expect(union(a, EMPTY_SET)).toBe(a);
        expect(difference(a, EMPTY_SET)).toBe(a);
        expect(union(union(a, setOf(right)), setOf(right))).toEqual(union(a, setOf(right)));
        expect(isEmptySet(difference(a, a))).toBe(true);
      }),
    );
  });
});

test("a place that is a member and leads further holds a dot, written first", () => {
  const set = union({ "f:a": { "f:b": {} } }, { "f:a": {} });
  expect(JSON.stringify(set)).toBe('{"f:a":{".":{},"f:b":{}}}');
  expect(difference(set, { "f:a": {} })).toEqual({ "f:a": { "f:b": {} } });
  expect(difference(set, { "f:a": { "f:b": {} } })).toEqual({ "f:a": {} });
});

test("steps are written in order: fields, keys, values, and numbers by size", () => {
  const steps = ['v:"b"', 'k:{"port":8080}', 'k:{"port":80}', "f:z", 'v:"a"', "f:a", "i:1", 'k:{"name":"x"}'];
  const set = steps.map((step) => ({ [step]: {} })).reduce<FieldSet>(union, EMPTY_SET);
  expect(Object.keys(set)).toEqual([
    "f:a",
    "f:z",
    'k:{"name":"x"}',
    'k:{"port":80}',
    'k:{"port":8080}',
    'v:"a"',
    'v:"b"',
    "i:1",
  ]);
});

test("paths print as messages show them, members of a place before what lies deeper", () => {
  const set: FieldSet = {
    "f:spec": {
      "f:containers": {
        'k:{"name":"cart"}': { ".": {}, "f:image": {} },
        'k:{"port":80,"protocol":"TCP"}': {},
      },
      "f:replicas": {},
    },
    "f:finalizers": { 'v:"example.com/x"': {}, "i:3": {} },
  };
  expect(pathsOf(set)).toEqual([
    ".spec.replicas",
    '.spec.containers[name="cart"]',
    '.spec.containers[port=80,protocol="TCP"]',
    '.spec.containers[name="cart"].image',
    '.finalizers[="example.com/x"]',
    ".finalizers[3]",
  ]);
});
