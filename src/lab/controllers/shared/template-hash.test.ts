import fc from "fast-check";
import { expect, test } from "vitest";
import { podTemplate } from "../../../../test/support/workloads.ts";
import { canonicalJson, hashOf, hashOfTemplate } from "./template-hash.ts";

test("equal content has equal text, whatever the order of its fields and absent ones among them", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
      const reversed = Object.fromEntries(Object.entries(content).reverse());
      expect(canonicalJson({ ...reversed, "never there": undefined })).toBe(canonicalJson(content));
      expect(JSON.parse(canonicalJson(content))).toEqual(JSON.parse(JSON.stringify(content)));
    }),
  );
});

test("a name's last part is short and spells no words", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (content) => {
      expect(hashOf(content, undefined)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
    }),
  );
});

test("another image gives another hash, and so does each collision", () => {
  const hashes = [
    hashOfTemplate(podTemplate("web"), undefined),
    hashOfTemplate(podTemplate("web", "registry.example/app:2"), undefined),
    hashOfTemplate(podTemplate("web"), 0),
    hashOfTemplate(podTemplate("web"), 1),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("the hash of a template never changes between versions of this program, for names would", () => {
  expect(hashOfTemplate(podTemplate("web"), undefined)).toBe("7b57bd94b7");
});
