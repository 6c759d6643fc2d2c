import { formatDuration } from "../../base/duration.ts";
import { formatMicroTime, formatTime } from "../time.ts";

type Fields = Readonly<Record<string, unknown>>;

const META = "k8s.io.apimachinery.pkg.apis.meta.v1";
const CUSTOM = "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1";
const NANOS_PER_MS = 1_000_000;

/** Messages whose JSON is not their fields: what Go's own JSON methods make of them. `undefined` leaves the field out. */
export const WELL_KNOWN: Readonly<Record<string, (fields: Fields) => unknown>> = {
  "k8s.io.apimachinery.pkg.api.resource.Quantity": ({ string }) => string ?? "0",
  "k8s.io.apimachinery.pkg.util.intstr.IntOrString": ({ type, intVal, strVal }) =>
    type === 1 ? (strVal ?? "") : (intVal ?? 0),
  "k8s.io.apimachinery.pkg.runtime.RawExtension": ({ raw }) => json(raw),
  [`${META}.Time`]: (fields) => moment(fields, formatTime),
  [`${META}.MicroTime`]: (fields) => moment(fields, formatMicroTime),
  [`${META}.Duration`]: ({ duration }) => formatDuration(Number(duration ?? 0) / NANOS_PER_MS),
  [`${META}.FieldsV1`]: ({ Raw }) => json(Raw),
  [`${CUSTOM}.JSON`]: ({ raw }) => json(raw),
  [`${CUSTOM}.JSONSchemaPropsOrArray`]: ({ schema, jSONSchemas }) => jSONSchemas ?? schema,
  [`${CUSTOM}.JSONSchemaPropsOrBool`]: ({ schema, allows }) => schema ?? allows ?? false,
  [`${CUSTOM}.JSONSchemaPropsOrStringArray`]: ({ schema, property }) => property ?? schema,
};

/** A moment that was never set has no fields. */
function moment({ seconds, nanos }: Fields, format: (ms: number) => string): string | undefined {
  if (seconds === undefined) return undefined;
  return format(Number(seconds) * 1_000 + Number(nanos ?? 0) / NANOS_PER_MS);
}

/** JSON inside of a message, as bytes. */
function json(base64: unknown): unknown {
  return base64 === undefined
    ? undefined
    : JSON.parse(Buffer.from(String(base64), "base64").toString("utf8"));
}
