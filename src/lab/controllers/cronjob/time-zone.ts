/** A moment as a clock on the wall shows it. */
export interface WallTime {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** A time zone of the tz database: what its clocks show, and when they show something. */
export class TimeZone {
  static readonly UTC = new TimeZone(undefined);

  /** Absent for UTC, which needs none. */
  readonly #format: Intl.DateTimeFormat | undefined;

  private constructor(format: Intl.DateTimeFormat | undefined) {
    this.#format = format;
  }

  /** The zone of that name, or `undefined` when there is none. */
  static find(name: string | undefined): TimeZone | undefined {
    if (name === undefined || name === "" || name === "UTC") return TimeZone.UTC;
    try {
      return new TimeZone(new Intl.DateTimeFormat("en-US", { ...FIELDS, timeZone: name }));
    } catch {
      return undefined;
    }
  }

  /** What clocks show at that moment. */
  wallTime(ms: number): WallTime {
    const date = new Date(ms + this.offsetMs(ms));
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    };
  }

  /**
   * The moment at which clocks show a time of day; day and month may lie outside of their range and count on. Where clocks
   * are changed a time may not exist, or twice: the answer is the one that Go's time.Date gives.
   */
  moment(year: number, month: number, day: number, hour = 0): number {
    const asUtc = Date.UTC(year, month - 1, day, hour);
    const offset = this.offsetMs(asUtc);
    return asUtc - this.offsetMs(asUtc - offset);
  }

  /** By how much clocks are ahead of UTC at that moment. */
  offsetMs(ms: number): number {
    if (this.#format === undefined) return 0;
    const seconds = Math.floor(ms / 1_000) * 1_000;
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(seconds)) parts[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
  }

  /** RFC 3339 with the zone's offset: "2026-01-01T01:00:00+01:00". */
  format(ms: number): string {
    const offset = this.offsetMs(ms);
    const wall = new Date(ms + offset).toISOString().slice(0, 19);
    if (offset === 0) return `${wall}Z`;
    const minutes = Math.abs(offset) / 60_000;
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) =>
      String(part).padStart(2, "0"),
    );
    return `${wall}${offset < 0 ? "-" : "+"}${hours}:${rest}`;
  }
}

const FIELDS: Intl.DateTimeFormatOptions = {
  calendar: "gregory",
  numberingSystem: "latn",
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
};
