import { expect, test } from "vitest";
import { Histogram, labelText, Scalar } from "./prometheus.ts";

test("a family of scalars is told in order of its labels", () => {
  const requests = new Scalar("requests_total", "counter", "Requests.");
  requests.add(labelText({ code: "500" }));
  requests.add(labelText({ code: "200" }), 2);
  requests.add(labelText({ code: "200" }));
  expect(requests.text()).toBe(
    '# HELP requests_total Requests.\n# TYPE requests_total counter\nrequests_total{code="200"} 3\nrequests_total{code="500"} 1\n',
  );
});

test("a family nobody told anything of is left out", () => {
  expect(new Scalar("a", "gauge", "A.").text()).toBe("");
});

test("a histogram's buckets hold all that is at or below their bound", () => {
  const seconds = new Histogram("seconds", "Seconds.", [0.1, 1]);
  for (const value of [0.1, 0.5, 3]) seconds.observe("", value);
  expect(seconds.text().split("\n").slice(2)).toEqual([
    'seconds_bucket{le="0.1"} 1',
    'seconds_bucket{le="1"} 2',
    'seconds_bucket{le="+Inf"} 3',
    "seconds_sum 3.6",
    "seconds_count 3",
    "",
  ]);
});

test("labels are escaped", () => {
  expect(labelText({ a: 'x"y\\z\n' })).toBe('a="x\\"y\\\\z\\n"');
});
