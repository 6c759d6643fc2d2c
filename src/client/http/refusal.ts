import { STATUS_CODES, type StatusDetails, StatusError, type StatusReason } from "../../kube/status-error.ts";

/** The refusal in an answer's body; bodies that are no Status come from something in between, such as a proxy. */
export function statusErrorOf(code: number, body: string): StatusError {
  let status: { readonly message?: string; readonly reason?: string; readonly details?: StatusDetails } = {};
  try {
    const parsed = JSON.parse(body);
    if (parsed?.kind === "Status") status = parsed;
  } catch {
    // What the body says is not JSON; the code has to do.
  }
  const message = status.message ?? (body.trim() || `the server answered with code ${code}`);
  return new StatusError(reasonOf(status.reason, code), message, status.details ?? {}, code);
}

/** Reasons that Holdfast has no name for are taken for the first that has the same code. */
function reasonOf(reason: string | undefined, code: number): StatusReason {
  if (reason !== undefined && reason in STATUS_CODES) return reason as StatusReason;
  if (reason === undefined && code === STATUS_CODES.Unknown) return "Unknown";
  const same = Object.entries(STATUS_CODES).find(([, each]) => each === code)?.[0];
  return (same as StatusReason | undefined) ?? (code < 500 ? "BadRequest" : "InternalError");
}
