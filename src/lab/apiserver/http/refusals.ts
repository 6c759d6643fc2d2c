/** Refusals by the server's outer parts, which know paths and headers but no objects. */
import { StatusError } from "../../../kube/status-error.ts";

/** A refusal by the server's outer parts, which know nothing of the object: their details are there, and empty. */
export class BareRefusal extends StatusError {
  override toStatus(): Record<string, unknown> {
    const { code, ...status } = super.toStatus();
    return { ...status, details: {}, code };
  }
}

/** A refusal that real servers word as plain text. */
export class TextRefusal extends Error {
  override readonly name = "TextRefusal";
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** Nothing is served at this resource's path. */
export function noSuchResource(): StatusError {
  return new BareRefusal("NotFound", "the server could not find the requested resource");
}

/** The path is served, but not for this method. */
export function methodNotAllowed(): StatusError {
  return new BareRefusal(
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
  );
}
