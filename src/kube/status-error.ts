/** One field that is wrong, as `Status.details.causes` carries it. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  /** Path of the field, e.g. "spec.template.spec.containers[0].image". */
  readonly field: string;
}

/** The reasons of metav1.StatusReason that Holdfast meets, each with its HTTP code. */
export const STATUS_CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  /** The server gave no reason. */
  Unknown: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

export type StatusReason = keyof typeof STATUS_CODES;

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** What an API server answers when it does not do what was asked: Kubernetes' `Status`, thrown. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly reason: StatusReason;
  readonly code: number;
  readonly details: StatusDetails;

  /** `code` is the reason's own, unless whoever the answer comes from chose another. */
  constructor(
    reason: StatusReason,
    message: string,
    details: StatusDetails = {},
    code: number = STATUS_CODES[reason],
  ) {
    super(message);
    this.reason = reason;
    this.code = code;
    this.details = details;
  }

  /** The object that goes over the wire. Causes that name no field, or give no reason, go without. */
  toStatus(): Record<string, unknown> {
    const causes = this.details.causes?.map((cause) =>
      Object.fromEntries(Object.entries(cause).filter(([, text]) => text !== "")),
    );
    const all = causes === undefined ? this.details : { ...this.details, causes };
    const details = Object.keys(all).length > 0 ? { details: all } : {};
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason === "Unknown" ? {} : { reason: this.reason }),
      ...details,
      code: this.code,
    };
  }
}

/** Whether `error` is the API server's answer with this reason. */
export function isStatus(error: unknown, reason: StatusReason): error is StatusError {
  return error instanceof StatusError && error.reason === reason;
}
