import { describe, expect, test } from "vitest";
import { escapeHtml, htmlPage } from "./html.ts";
import { textTable, wrap } from "./text-table.ts";
import type { Timeline } from "./timeline.ts";
import { clock, timelineHtml } from "./timeline-html.ts";

describe("textTable", () => {
  test("lines columns up, colours not counted", () => {
    const table = textTable(
      [{ title: "NAME" }, { title: "N", align: "right" }],
      [
        ["\u001b[32ma\u001b[0m", "1"],
        ["long", "100"],
      ],
    );
    expect(table).toBe("NAME    N\n\u001b[32ma\u001b[0m       1\nlong  100");
  });

  test("wraps at spaces and leaves long words whole", () => {
    expect(wrap("one two three-is-long x", 8, "  ")).toBe("one two\n  three-is-long\n  x");
  });
});

describe("html", () => {
  test("takes nothing for markup that comes from outside", () => {
    expect(escapeHtml(`<a href="x">'&`)).toBe("&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    expect(htmlPage("<x>", "")).toContain("<title>&lt;x&gt;</title>");
  });

  test("asks nobody for anything: no script, no address", () => {
    expect(htmlPage("t", "")).not.toMatch(/<script|https?:|url\(|@import/);
  });
});

describe("timelineHtml", () => {
  const timeline: Timeline = {
    fromSeconds: -10,
    toSeconds: 90,
    marks: [],
    lanes: [
      {
        kind: "pod",
        name: "web-<1>",
        spans: [
          { fromSeconds: -10, toSeconds: 40, state: "good", label: "Ready" },
          { fromSeconds: 40, toSeconds: 90, state: "bad", label: "Pending" },
        ],
      },
    ],
  };

  test("places spans by their share of the time, and says them in words", () => {
    const html = timelineHtml(timeline);
    expect(html).toContain('class="good" style="left:0%;width:50%" title="−10 s to +40 s: Ready"');
    expect(html).toContain('aria-label="web-&lt;1&gt;: −10 s Ready, +40 s Pending"');
    expect(html).toContain('<b style="left:10%">');
  });

  test.each([
    { seconds: 0, text: "+0 s" },
    { seconds: -3.54, text: "−3.5 s" },
    { seconds: 75, text: "+1:15" },
    { seconds: 900, text: "+15:00" },
  ])("writes $seconds as $text", ({ seconds, text }) => {
    expect(clock(seconds)).toBe(text);
  });
});
