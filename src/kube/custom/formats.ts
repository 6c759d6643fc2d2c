import { isIP } from "node:net";
import { parseTime } from "../time.ts";

type Check = (text: string) => boolean;

const matches =
  (pattern: RegExp): Check =>
  (text) =>
    pattern.test(text);

const isMoment: Check = (text) => parseTime(text) !== undefined;

/** The formats that kube-apiserver checks in custom objects; any other is decoration. */
const FORMATS: Readonly<Record<string, Check>> = {
  "date-time": isMoment,
  datetime: isMoment,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  duration: isDuration,
  email: matches(/^(?:[^\s@]+@[^\s@]+|[^@<>]*<[^\s@<>]+@[^\s@<>]+>)$/),
  hostname: isHostname,
  // Leading zeros pass, as they did in Go of old.
  ipv4: (text) => isIP(text.replace(/(^|\.)0+(?=\d)/g, "$1")) === 4,
  ipv6: (text) => isIP(text) === 6,
  cidr: (text) => {
    const [address = "", bits = ""] = text.split("/");
    return isIP(address) > 0 && /^\d+$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
  },
  mac: isHardwareAddress,
  uri: (text) => text.startsWith("/") || URL.canParse(text),
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid3: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid4: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  uuid5: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matches(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: (text) => {
    const parts = /^rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text)?.slice(1);
    return parts?.every((part) => String(Number(part)) === part && Number(part) <= 255) ?? false;
  },
  bsonobjectid: matches(/^[0-9a-f]{24}$/i),
  byte: matches(/^(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  password: () => true,
};

/** Whether the server knows a format by its name. */
export function isKnownFormat(format: string): boolean {
  return Object.hasOwn(FORMATS, format);
}

/** Whether a text is of a format; it is of every one that nobody checks. */
export function isOfFormat(format: string, text: string): boolean {
  return !isKnownFormat(format) || (FORMATS[format]?.(text) ?? true);
}

const GO_DURATION = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
/** A number with a unit; of each unit's names the last may go on in any way. */
const UNITS = /^(?:ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*)$/i;

/** As Go writes durations, or a text with a number and a unit anywhere in it. */
function isDuration(text: string): boolean {
  if (GO_DURATION.test(text)) return true;
  return [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some(([, unit = ""]) => UNITS.test(unit));
}

const HOST = "a-zA-Z0-9\\p{S}\\p{L}";
/** One label, or several of which the last is letters. */
const HOSTNAME = new RegExp(
  `^(?:[${HOST}](?:-?[${HOST}]{0,62})?|(?:[${HOST}](?:[${HOST}-]{0,61}[${HOST}])?\\.)+[a-zA-Z\\p{L}]{2,63})$`,
  "u",
);

function isHostname(text: string): boolean {
  const octets = (part: string) => Buffer.byteLength(part);
  return HOSTNAME.test(text) && octets(text) <= 255 && text.split(".").every((label) => octets(label) <= 63);
}

/** Of 6, 8 or 20 bytes: by twos with colons or dashes, by fours with dots, or without anything between. */
function isHardwareAddress(text: string): boolean {
  const digits = text.replaceAll(/[:.-]/g, "");
  if (!/^(?:[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{40})$/i.test(digits)) return false;
  const joined = (size: number, mark: string) =>
    (digits.match(new RegExp(`.{${size}}`, "g")) ?? []).join(mark);
  return [digits, joined(2, ":"), joined(2, "-"), joined(4, ".")].includes(text);
}

function digitsOf(text: string): readonly number[] {
  return [...text].map(Number);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function isIsbn10(text: string): boolean {
  const plain = text.replaceAll(/[\s-]/g, "");
  if (!/^\d{9}[\dX]$/.test(plain)) return false;
  const weighed = digitsOf(plain.replace("X", "")).map((digit, i) => (i + 1) * digit);
  return (sum(weighed) + (plain.endsWith("X") ? 100 : 0)) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const plain = text.replaceAll(/[\s-]/g, "");
  return (
    /^\d{13}$/.test(plain) && sum(digitsOf(plain).map((digit, i) => digit * (i % 2 === 0 ? 1 : 3))) % 10 === 0
  );
}

const ISSUERS =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11}|6[27]\d{14})$/;

/** A number of a known issuer whose last digit is right (Luhn). */
function isCreditCard(text: string): boolean {
  const plain = text.replaceAll(/\D/g, "");
  if (!ISSUERS.test(plain)) return false;
  const doubled = digitsOf(plain).map((digit, i) => {
    const twice = (plain.length - i) % 2 === 0 ? digit * 2 : digit;
    return twice > 9 ? twice - 9 : twice;
  });
  return sum(doubled) % 10 === 0;
}
