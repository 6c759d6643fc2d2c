import { describe, expect, test } from "vitest";
import { clockText, durationText, rangeText } from "./duration-text.ts";
import { junitXml } from "./junit.ts";
import { markdownTable } from "./markdown.ts";
import { sarifLog } from "./sarif.ts";

describe("durations", () => {
  test.each([
    [7.3, "7 s"],
    [75, "1 min 15 s"],
    [120, "2 min"],
    [16_670, "4 h 38 min"],
    [100_000, "1 d 4 h"],
  ])("%d s", (seconds, text) => expect(durationText(seconds)).toBe(text));

  test.each([
    [{ min: 347, median: 360, max: 379 }, "5:47–6:19"],
    [{ min: 2, median: 3, max: 8.2 }, "2–8 s"],
    [{ min: 40, median: 50, max: 62 }, "40 s–1:02"],
    [{ min: 5, median: 5, max: 5 }, "5 s"],
    [{ min: 347, median: null, max: null }, "5:47 or longer"],
    [{ min: null, median: null, max: null }, "no end"],
  ])("%o", (range, text) => expect(rangeText(range)).toBe(text));

  test("an hour is no clock", () => expect(clockText(4_020)).toBe("1 h 7 min"));
});

test("JUnit escapes what XML cannot hold", () => {
  const failure = { type: "outage", message: 'a "quoted" <message>', details: "line\u0000\nnext & last" };
  const xml = junitXml("suite", [
    {
      name: "nodes",
      cases: [
        { name: "node/a", className: "x" },
        { name: "node/b", className: "x", failure },
      ],
    },
  ]);
  expect(xml).toContain('<testsuite name="nodes" tests="2" failures="1">');
  expect(xml).toContain('<testcase classname="x" name="node/a"/>');
  expect(xml).toContain('message="a &quot;quoted&quot; &lt;message&gt;">line\nnext &amp; last</failure>');
});

test("Markdown cells cannot break their table", () => {
  expect(markdownTable(["A"], [["a|b\n*c*"]])).toBe("| A |\n| --- |\n| a\\|b \\*c\\* |");
});

test("SARIF names rule, level and line", () => {
  const finding = {
    ruleId: "r",
    level: "error",
    message: "m",
    place: { file: "a b.yaml", line: 3 },
    subject: "Deployment a/b",
  } as const;
  const { runs } = JSON.parse(sarifLog({ name: "holdfast", rules: [{ id: "r", text: "t" }] }, [finding]));
  expect(runs[0].results[0]).toMatchObject({
    ruleId: "r",
    level: "error",
    locations: [{ physicalLocation: { artifactLocation: { uri: "a%20b.yaml" }, region: { startLine: 3 } } }],
  });
});
