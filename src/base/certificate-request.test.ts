import { describe, expect, test } from "vitest";
import { REQUEST_OF_MASTERS } from "../../test/support/certificate-request.ts";
import { organizationsIn } from "./certificate-request.ts";

// Made by `openssl req -new`.
const NAME_THAT_LOOKS_LIKE_ONE = `-----BEGIN CERTIFICATE REQUEST-----
MIHWMH0CAQAwGzEZMBcGA1UEAwwQTz1zeXN0ZW06bWFzdGVyczBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABHE0sRNm7qyxyHwUt7zAvUgjVo+pZhzY2NXAkj0l307n
tLUla553b6HyMSSrOyDrxsGWjbog3E87tj/PWjJxs9WgADAKBggqhkjOPQQDAgNJ
ADBGAiEA/ZE8RtZOoI+2gsLDRNotBXh819uTlT9yREyS4yP0JY4CIQDIDOOO+JN0
3b1WQQbcH1Vbqk9hNB/7ns8YsMGRIa8NrA==
-----END CERTIFICATE REQUEST-----`;

test.each([
  { name: "several", pem: REQUEST_OF_MASTERS, organizations: ["devs", "system:masters"] },
  { name: "none", pem: NAME_THAT_LOOKS_LIKE_ONE, organizations: [] },
])("a request with $name", ({ pem, organizations }) => {
  expect(organizationsIn(pem)).toEqual(organizations);
});

describe("what is no request", () => {
  const block = (bytes: Uint8Array) =>
    `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(bytes).toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;

  test("another kind of text", () => {
    expect(() => organizationsIn("junk")).toThrow("PEM block type must be CERTIFICATE REQUEST");
  });

  test("a request that is cut off anywhere is refused as such", () => {
    const [, body = ""] = /-----\n([^-]*)-----/.exec(REQUEST_OF_MASTERS) ?? [];
    const whole = Buffer.from(body, "base64");
    for (let length = 0; length < whole.length; length++) {
      expect(() => organizationsIn(block(whole.subarray(0, length)))).toThrow(SyntaxError);
    }
  });
});
