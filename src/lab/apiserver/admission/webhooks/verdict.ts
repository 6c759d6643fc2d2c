import { StatusError, type StatusReason } from "../../../../kube/status-error.ts";
import type { Fields } from "../../loose.ts";
import type { WebhookReply } from "../../outside/ask-webhook.ts";
import type { HookType } from "./configuration-kinds.ts";
import type { Hook } from "./hooks.ts";

/** What a webhook decided. */
export type Verdict =
  | {
      readonly kind: "allowed";
      readonly patch: unknown;
      readonly warnings: readonly string[];
      readonly annotations: Fields;
    }
  | {
      readonly kind: "denied";
      readonly error: StatusError;
      readonly warnings: readonly string[];
      readonly annotations: Fields;
    }
  /** It did not say, or nothing that can be understood; `why` follows its name in the error. */
  | { readonly kind: "failed"; readonly why: string };

interface Response {
  readonly uid?: unknown;
  readonly allowed?: unknown;
  readonly status?: Fields;
  readonly patch?: unknown;
  readonly patchType?: unknown;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Fields | null;
}

/** Reads what a webhook answered to the review with the number `uid` (apiserver's admission/plugin/webhook/request). */
export function verdictOf(hook: Hook, type: HookType, uid: string, reply: WebhookReply): Verdict {
  if (reply.kind === "failure") return { kind: "failed", why: `failed to call webhook: ${reply.why}` };
  const fault = documentFault(hook, reply.document);
  if (fault !== undefined) return { kind: "failed", why: fault };
  const response = (reply.document.response ?? undefined) as Response | undefined;
  const invalid = responseFault(hook, type, uid, response);
  if (invalid !== undefined) return { kind: "failed", why: `received invalid webhook response: ${invalid}` };
  const { allowed, status, patch, patchType, warnings = [], auditAnnotations } = response as Response;
  const told = { warnings, annotations: auditAnnotations ?? {} };
  if (allowed !== true) return { kind: "denied", error: denial(hook.name, status), ...told };
  if (typeof patch !== "string" || patch === "") return { kind: "allowed", patch: undefined, ...told };
  const operations = decodePatch(patch);
  if (operations.kind === "undecodable") return { kind: "failed", why: operations.why };
  // An empty patch changes nothing, whatever its type is called.
  if ((operations.value as readonly unknown[]).length === 0)
    return { kind: "allowed", patch: undefined, ...told };
  if (hook.version === "v1" && patchType !== "JSONPatch") {
    return { kind: "failed", why: `unsupported patch type "${String(patchType)}"` };
  }
  return { kind: "allowed", patch: operations.value, ...told };
}

/** Whether the answer is a review at all, in the version that was asked in. */
function documentFault({ version }: Hook, document: Fields): string | undefined {
  const { apiVersion, kind, response } = document;
  const expected = `admission.k8s.io/${version}`;
  if (apiVersion && kind && (apiVersion !== expected || kind !== "AdmissionReview")) {
    const given = String(apiVersion).split("/").at(-1);
    return `failed to call webhook: converting (${given}.${kind}) to (${version}.AdmissionReview): unknown conversion`;
  }
  const patch = (response as Response | undefined | null)?.patch;
  const at = typeof patch === "string" ? base64Fault(patch) : undefined;
  return at === undefined ? undefined : `failed to call webhook: illegal base64 data at input byte ${at}`;
}

/** The place of the first character that no base64 has. */
function base64Fault(text: string): number | undefined {
  const at = text.replaceAll(/[\r\n]/g, "").search(/[^A-Za-z0-9+/=]/);
  if (at >= 0) return at;
  return text.length % 4 === 0 ? undefined : text.length - (text.length % 4);
}

function responseFault(
  { version }: Hook,
  type: HookType,
  uid: string,
  response: Response | undefined,
): string | undefined {
  if (response === undefined) return "webhook response was absent";
  // The older version asked for less.
  if (version === "v1beta1") return undefined;
  if ((response.uid ?? "") !== uid) {
    return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? "")}`;
  }
  const hasPatch = typeof response.patch === "string" && response.patch !== "";
  const hasType = response.patchType != null;
  if (type === "validating") {
    if (hasPatch) return "validating webhook may not return response.patch";
    return hasType ? "validating webhook may not return response.patchType" : undefined;
  }
  if (hasPatch && !hasType) return "webhook returned response.patch but not response.patchType";
  return hasType && !hasPatch ? "webhook returned response.patchType but not response.patch" : undefined;
}

type Decoded =
  | { readonly kind: "operations"; readonly value: unknown }
  | { readonly kind: "undecodable"; readonly why: string };

function decodePatch(patch: string): Decoded {
  const text = Buffer.from(patch, "base64").toString("utf8");
  const undecodable = (why: string): Decoded => ({
    kind: "undecodable",
    why: `received undecodable patch in webhook response: ${why}`,
  });
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return { kind: "operations", value };
    return undecodable("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  } catch {
    const first = text.trimStart()[0];
    if (first === undefined) return undecodable("unexpected end of JSON input");
    return undecodable(`invalid character '${first}' looking for beginning of value`);
  }
}

const BAD_REQUEST = 400;

/** How a denial reads, with whatever code, reason and details the webhook gave (apiserver's ToStatusErr). */
function denial(name: string, status: Fields = {}): StatusError {
  const { message, reason, code, details } = status;
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`;
  const why = message || reason;
  return new StatusError(
    (typeof reason === "string" && reason !== "" ? reason : "Unknown") as StatusReason,
    why ? `${denied}: ${why}` : `${denied} without explanation`,
    (details ?? {}) as StatusError["details"],
    typeof code === "number" && code >= BAD_REQUEST ? code : BAD_REQUEST,
  );
}
