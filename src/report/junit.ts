/** JUnit's XML, as CI systems read it: suites of cases, each passed, failed or passed over. */

export interface JunitCase {
  readonly name: string;
  /** What the case is about, e.g. the part of the cluster. */
  readonly className: string;
  /** Absent for one that passed. */
  readonly failure?: { readonly type: string; readonly message: string; readonly details: string };
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  const failures = (cases: readonly JunitCase[]) =>
    cases.filter(({ failure }) => failure !== undefined).length;
  const all = suites.flatMap(({ cases }) => cases);
  const body = suites.flatMap((suite) => [
    `  <testsuite name="${escapeXml(suite.name)}" tests="${suite.cases.length}" failures="${failures(suite.cases)}">`,
    ...suite.cases.flatMap(caseXml),
    "  </testsuite>",
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" tests="${all.length}" failures="${failures(all)}">`,
    ...body,
    "</testsuites>",
    "",
  ].join("\n");
}

function caseXml({ name, className, failure }: JunitCase): string[] {
  const head = `    <testcase classname="${escapeXml(className)}" name="${escapeXml(name)}"`;
  if (failure === undefined) return [`${head}/>`];
  const { type, message, details } = failure;
  return [
    `${head}>`,
    `      <failure type="${escapeXml(type)}" message="${escapeXml(message)}">${escapeXml(details)}</failure>`,
    "    </testcase>",
  ];
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as XML 1.0 may hold it: its control characters have no form there at all. */
function escapeXml(text: string): string {
  let clean = "";
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code >= 0x20 || code === 0x09 || code === 0x0a || code === 0x0d)
      clean += ESCAPES[character] ?? character;
  }
  return clean;
}
