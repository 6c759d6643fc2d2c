import { isIP } from "node:net";
import { parseTime } from "../time.ts";

type Check = (text: string) => boolean;

const matches =
  (pattern: RegExp): Check =>
  (text) =>
    pattern.test(text);

/** The formats that kube-apiserver checks in custom objects; any other is decoration. */
const FORMATS: Readonly<Record<string, Check>> = {
  "date-time": (text) => parseTime(text) !== undefined,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  duration: matches(
    /^([-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$|^0$|^\d+\s*(d|day|days|w|week|weeks)$/,
  ),
  email: matches(/^[^\s@]+@[^\s@]+$/),
  hostname: matches(
    /^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/,
  ),
  ipv4: (text) => isIP(text) === 4,
  ipv6: (text) => isIP(text) === 6,
  cidr: (text) => {
    const [address = "", bits = ""] = text.split("/");
    return isIP(address) > 0 && /^\d+$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
  },
  uri: (text) => URL.canParse(text),
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
};

/** Why a text is not of a format; `undefined` when it is, or when nobody checks that format. */
export function formatProblem(format: string, text: string): string | undefined {
  const check = FORMATS[format];
  return check === undefined || check(text) ? undefined : `is no ${format}`;
}
