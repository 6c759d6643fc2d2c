import { X509Certificate } from "node:crypto";
import { requestProblem } from "../../../base/certificate-request.ts";
import { pemBlocks } from "../../../base/pem.ts";
import { type FieldErrors, quote } from "../field-errors.ts";
import { dnsLabel, dnsSubdomain, type NameCheck, pathSegment } from "../names.ts";
import type { KindRules } from "../rules.ts";

interface LooseCondition {
  readonly type?: string;
  readonly status?: string;
}

interface LooseRequest {
  readonly spec?: {
    readonly request?: string | null;
    readonly signerName?: string;
    readonly usages?: readonly string[];
    readonly expirationSeconds?: number;
  };
  readonly status?: {
    readonly conditions?: readonly LooseCondition[];
    readonly certificate?: string;
  };
}

/** What is said once and for all. */
const APPROVAL = ["Approved", "Denied"];
const FINAL = [...APPROVAL, "Failed"];

/** CertificateSigningRequests: an update of the object itself changes nothing; conditions and certificates come by their own doors. */
export const CERTIFICATE_REQUEST_RULES: KindRules<LooseRequest> = {
  name: pathSegment,
  check: checkRequest,
  update() {},
  approval(errors, object, old) {
    checkConditions(errors, object, old);
    checkNoneRemoved(errors, object, old);
  },
  status(errors, object, old) {
    checkConditions(errors, object, old);
    const { certificate } = object.status ?? {};
    const before = old.status?.certificate;
    const isOther = (certificate ?? "") !== (before ?? "");
    if (isOther) checkCertificate(errors, certificate);
    checkNoneRemoved(errors, object, old);
    checkApprovals(errors, object, old);
    if (isOther && before)
      errors.forbidden("status.certificate", "updates may not modify existing certificate content");
  },
};

const USAGES = [
  "any",
  "cert sign",
  "client auth",
  "code signing",
  "content commitment",
  "crl sign",
  "data encipherment",
  "decipher only",
  "digital signature",
  "email protection",
  "encipher only",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "key agreement",
  "key encipherment",
  "microsoft sgc",
  "netscape sgc",
  "ocsp signing",
  "s/mime",
  "server auth",
  "signing",
  "timestamping",
];
const EXPIRATION_SECONDS_MIN = 600;
const LEGACY_SIGNER = "kubernetes.io/legacy-unknown";

function checkRequest(errors: FieldErrors, { spec = {} }: LooseRequest): void {
  const { request, usages = [], signerName = "", expirationSeconds } = spec;
  const problem = requestProblem(Buffer.from(request ?? "", "base64").toString());
  if (problem !== undefined) errors.invalid("spec.request", request ?? null, problem);
  if (usages.length === 0) errors.required("spec.usages");
  for (const [i, usage] of usages.entries())
    if (!USAGES.includes(usage)) errors.notSupported(`spec.usages[${i}]`, usage, USAGES);
  for (const [i, usage] of usages.entries())
    if (usages.indexOf(usage) < i) errors.duplicate(`spec.usages[${i}]`, usage);
  if (signerName === LEGACY_SIGNER) {
    const why = "the legacy signerName is not allowed via this API version";
    errors.invalid("spec.signerName", signerName, why);
  } else checkSignerName(errors, signerName, "spec.signerName");
  if (expirationSeconds !== undefined && expirationSeconds < EXPIRATION_SECONDS_MIN) {
    const why = "may not specify a duration less than 600 seconds (10 minutes)";
    errors.invalid("spec.expirationSeconds", expirationSeconds, why);
  }
}

const DOMAIN_BYTES_MAX = 253;
/** A domain, a slash, and a path that holds a label, a dot and a subdomain. */
const SIGNER_BYTES_MAX = DOMAIN_BYTES_MAX + 1 + 253 + 63 + 1;

/** "example.com/my-signer". */
function checkSignerName(errors: FieldErrors, signerName: string, field: string): void {
  if (signerName === "") {
    errors.required(field);
    return;
  }
  const [domain = "", path = "", ...more] = signerName.split("/");
  if (!signerName.includes("/") || more.length > 0) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    errors.invalid(field, signerName, why);
    return;
  }
  if (domain.length > DOMAIN_BYTES_MAX) errors.tooLong(field, DOMAIN_BYTES_MAX);
  checkParts(errors, domain, dnsLabel, field);
  if (!domain.includes("."))
    errors.invalid(field, domain, "should be a domain with at least two segments separated by dots");
  checkParts(errors, path, dnsSubdomain, field);
  if (signerName.length > SIGNER_BYTES_MAX) errors.tooLong(field, SIGNER_BYTES_MAX);
}

/** The first bad one of the parts between dots. */
function checkParts(errors: FieldErrors, text: string, check: NameCheck, field: string): void {
  const bad = text.split(".").find((part) => check(part).length > 0);
  if (bad === undefined) return;
  const problems = check(bad).map((why) => `validating label ${quote(bad)}: ${why}`);
  errors.invalidEach(field, text, problems);
}

function checkConditions(errors: FieldErrors, object: LooseRequest, old: LooseRequest): void {
  const conditions = conditionsOf(object);
  const before = conditionsOf(old).map(({ type }) => type);
  const wereBoth = APPROVAL.every((type) => before.includes(type));
  const wereTwice = new Set(before).size < before.length;
  for (const [i, { type = "", status = "" }] of conditions.entries()) {
    const field = `status.conditions[${i}]`;
    const earlier = conditions.slice(0, i).map((condition) => condition.type ?? "");
    if (type === "" && !before.some((each) => !each)) errors.required(`${field}.type`);
    const statuses = FINAL.includes(type) ? ["True"] : ["False", "True", "Unknown"];
    if (status === "") errors.required(`${field}.status`);
    else if (!statuses.includes(status)) errors.notSupported(`${field}.status`, status, statuses);
    const opposite = APPROVAL.find((each) => APPROVAL.includes(type) && each !== type);
    if (!wereBoth && opposite !== undefined && earlier.includes(opposite)) {
      const why = "Approved and Denied conditions are mutually exclusive";
      errors.invalid("status.conditions", type, why);
    }
    if (!wereTwice && earlier.includes(type)) errors.duplicate(`${field}.type`, type);
  }
}

function checkNoneRemoved(errors: FieldErrors, object: LooseRequest, old: LooseRequest): void {
  for (const type of FINAL) {
    if (ofType(object, type).length >= ofType(old, type).length) continue;
    errors.forbidden("status.conditions", `updates may not remove a condition of type "${type}"`);
  }
}

/** Whoever writes the status has no say in approvals; those that are there already were put back before. */
function checkApprovals(errors: FieldErrors, object: LooseRequest, old: LooseRequest): void {
  for (const type of APPROVAL) {
    if (ofType(object, type).length <= ofType(old, type).length) continue;
    errors.forbidden("status.conditions", `updates may not add a condition of type "${type}"`);
  }
}

function checkCertificate(errors: FieldErrors, certificate = ""): void {
  const problem = certificateProblem(Buffer.from(certificate, "base64").toString());
  if (problem !== undefined) errors.invalid("status.certificate", "<certificate data>", problem);
}

function certificateProblem(text: string): string | undefined {
  if (text === "") return undefined;
  const blocks = pemBlocks(text);
  for (const { type, hasHeaders, bytes } of blocks) {
    if (type !== "CERTIFICATE") return `only CERTIFICATE PEM blocks are allowed, found ${quote(type)}`;
    if (hasHeaders) return "no PEM block headers are permitted";
    if (bytes.length === 0) return "found CERTIFICATE PEM block containing 0 certificates";
    if (!isCertificate(bytes)) return "x509: malformed certificate";
  }
  return blocks.length === 0 ? "must contain at least one CERTIFICATE PEM block" : undefined;
}

function isCertificate(der: Buffer): boolean {
  try {
    new X509Certificate(der);
    return true;
  } catch {
    return false;
  }
}

function conditionsOf({ status }: LooseRequest): readonly LooseCondition[] {
  return status?.conditions ?? [];
}

function ofType(object: LooseRequest, type: string): readonly LooseCondition[] {
  return conditionsOf(object).filter((condition) => condition.type === type);
}
