/** Where in the user's input something stands. Lines and documents count from 1. */
export interface InputPlace {
  readonly file: string;
  readonly document?: number;
  readonly line?: number;
  /** Path of the field, e.g. "spec.replicas". */
  readonly field?: string;
}

/** Input that cannot be used: says where, why, and what would be right. The command line ends with code 2 on it. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly place: InputPlace;

  constructor(place: InputPlace, why: string, options?: ErrorOptions) {
    super(`${describePlace(place)}: ${why}`, options);
    this.place = place;
  }
}

/** "web.yaml, line 12, document 2, spec.replicas" */
export function describePlace(place: InputPlace): string {
  const parts = [place.file];
  if (place.line !== undefined) parts.push(`line ${place.line}`);
  if (place.document !== undefined && place.document > 1) parts.push(`document ${place.document}`);
  if (place.field !== undefined) parts.push(place.field);
  return parts.join(", ");
}
