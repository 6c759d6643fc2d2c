/** What text is written onto. */
export interface Screen {
  readonly colours: boolean;
  /** Of a terminal; a pipe has no width. */
  readonly columns?: number | undefined;
}

export function screenOf(stream: NodeJS.WriteStream): Screen {
  // Asked of the terminal, which knows of NO_COLOR and of terminals without any.
  return { colours: stream.isTTY && stream.hasColors(), columns: stream.columns };
}
