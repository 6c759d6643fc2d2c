/** SARIF 2.1.0 (OASIS), as code hosts show findings beside the lines that they are about. */
import type { InputPlace } from "../view/input-error.ts";

export interface SarifRule {
  readonly id: string;
  readonly text: string;
}

export interface SarifFinding {
  readonly ruleId: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  /** Where it stands; absent for what comes from no file. */
  readonly place?: InputPlace | undefined;
  /** What it is about, e.g. "Deployment shop/cart": also tells findings of one place apart. */
  readonly subject: string;
}

export interface SarifTool {
  readonly name: string;
  readonly rules: readonly SarifRule[];
}

export function sarifLog({ name, rules }: SarifTool, findings: readonly SarifFinding[]): string {
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name, rules: rules.map(({ id, text }) => ({ id, shortDescription: { text } })) } },
        results: findings.map((finding) => resultOf(finding)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function resultOf({ ruleId, level, message, place, subject }: SarifFinding): object {
  const logicalLocations = [{ fullyQualifiedName: subject, kind: "resource" }];
  const physical = place && {
    physicalLocation: {
      artifactLocation: { uri: uriOf(place.file) },
      ...(place.line !== undefined && { region: { startLine: place.line } }),
    },
  };
  return {
    ruleId,
    level,
    message: { text: message },
    locations: [{ ...physical, logicalLocations }],
    partialFingerprints: { "holdfast/v1": `${ruleId} ${subject} ${message}` },
  };
}

function uriOf(file: string): string {
  return encodeURI(file.replaceAll("\\", "/"));
}
