import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { ByteScanner, Incomplete, JsonError } from "./byte-scanner.ts";

function scannerOver(text: string, end?: number): ByteScanner {
  const scanner = new ByteScanner();
  scanner.bytes = Buffer.from(text);
  scanner.end = end ?? scanner.bytes.length;
  scanner.isLast = end === undefined;
  scanner.out = new Uint8Array(scanner.bytes.length);
  return scanner;
}

/** Whether the scanner takes the text for one JSON value. */
function accepts(text: string, pass: (scanner: ByteScanner) => void): boolean {
  const scanner = scannerOver(text);
  try {
    pass(scanner);
    return scanner.peek() === -1;
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON, most of it with a few characters changed. */
const nearlyJson = fc
  .tuple(
    fc.oneof(
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify(value, undefined, 2)),
    ),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]:,"\\ 01-+.eEtrufalsn\u0001ü', "")), {
      maxLength: 3,
    }),
  )
  .map(([text, blows]) =>
    blows.reduce((damaged, [at, character]) => {
      const place = damaged.length === 0 ? 0 : at % damaged.length;
      return damaged.slice(0, place) + character + damaged.slice(place + 1);
    }, text),
  );

test.each(['"\\u"', '"\\u12"', '"\\u12g4"', '"\\x"', '"\t"', '"a', "01", "-", "tru", "[1,]", '{"a"}'])(
  "%s is no JSON",
  (text) => {
    expect(accepts(text, (scanner) => scanner.skip())).toBe(false);
  },
);

describe("a value is taken where JSON.parse takes it", () => {
  test("when it is passed over", () => {
    assertProperty(
      fc.property(nearlyJson, (text) => {
        expect(accepts(text, (scanner) => scanner.skip())).toBe(isJson(text));
      }),
    );
  });

  test("when it is copied, and the copy says the same", () => {
    assertProperty(
      fc.property(nearlyJson, (text) => {
        const scanner = scannerOver(text);
        expect(accepts(text, (other) => other.copy())).toBe(isJson(text));
        if (!isJson(text)) return;
        scanner.copy();
        expect(JSON.parse(Buffer.from(scanner.out.subarray(0, scanner.outAt)).toString())).toEqual(
          JSON.parse(text),
        );
      }),
    );
  });

  test("unless the window ends in it", () => {
    assertProperty(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        const value = `[${text}]`;
        const end = cut % Buffer.byteLength(value);
        expect(() => scannerOver(value, end).skip()).toThrow(Incomplete);
        expect(() => scannerOver(value, end).copy()).toThrow(Incomplete);
      }),
    );
  });
});
