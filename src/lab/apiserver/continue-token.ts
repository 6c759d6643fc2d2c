import { StatusError } from "../../kube/status-error.ts";
import { badRequest } from "./errors.ts";

/** Where a list that came in parts goes on. */
export interface Continuation {
  /** The moment that all parts show; -1 for one that goes on with whatever is there by then. */
  readonly revision: number;
  /** Key of the last object told: "namespace/name" or, for one namespace, "name" under it. */
  readonly after: string;
}

/** The token that clients carry from part to part; the same JSON in base64 as kube-apiserver's. */
export function encodeContinue({ revision, after }: Continuation): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: `${after}\u0000` });
  return Buffer.from(json).toString("base64url");
}

/** Reads a client's token. @throws {StatusError} BadRequest when it is none. */
export function decodeContinue(token: string): Continuation {
  const wrong = firstIllegal(token);
  if (wrong !== undefined) {
    const why = `illegal base64 data at input byte ${wrong}`;
    throw badRequest(`invalid continue token: continue key is not valid: ${why}`);
  }
  const bytes = Buffer.from(token, "base64url");
  const json = bytes.toString("utf8");
  let value: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    value = JSON.parse(json) as typeof value;
  } catch {
    const why = `invalid character '${bytes.toString("latin1", 0, 1)}' looking for beginning of value`;
    throw badRequest(`invalid continue token: continue key is not valid: ${why}`);
  }
  const { v, rv, start } = value;
  if (v !== "meta.k8s.io/v1") {
    const version = v === undefined ? "" : ` ${v}`;
    const why = `server does not recognize this encoded version${version}`;
    throw badRequest(`invalid continue token: continue key is not valid: ${why}`);
  }
  if (rv === 0) {
    const why = `incorrect encoded start resourceVersion (version ${v})`;
    throw badRequest(`invalid continue token: continue key is not valid: ${why}`);
  }
  if (typeof rv !== "number" || typeof start !== "string" || start === "") {
    throw badRequest("invalid continue token: continue key is not valid: encoded start key empty");
  }
  return { revision: rv, after: start.replace(/\0$/, "") };
}

/** Where a text stops being unpadded base64 for URLs; undefined when it is all of it. */
function firstIllegal(token: string): number | undefined {
  const illegal = token.search(/[^A-Za-z0-9_-]/);
  if (illegal >= 0) return illegal;
  // One character alone holds no byte.
  return token.length % 4 === 1 ? token.length - 1 : undefined;
}

/** The refusal of a list that took too long, with the token by which it goes on with what is there now. */
class ContinueExpired extends StatusError {
  readonly #continue: string;

  constructor(after: string) {
    super(
      "Expired",
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
    );
    this.#continue = encodeContinue({ revision: -1, after });
  }

  override toStatus(): Record<string, unknown> {
    return { ...super.toStatus(), metadata: { continue: this.#continue } };
  }
}

/** A list cannot go on after this key as it was. */
export function continueExpired(after: string): StatusError {
  return new ContinueExpired(after);
}
