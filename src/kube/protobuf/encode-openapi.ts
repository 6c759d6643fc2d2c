/**
 * Writes OpenAPI documents of version 2 as the protobuf messages that client-go asks for (gnostic's `openapi.v2.Document`), for
 * `kubectl explain --output=plaintext-openapiv2` and clients of its kind. The numbers are those of gnostic-models'
 * openapiv2/OpenAPIv2.proto; what has no field there, and is no `x-` extension, is left out, as a real server leaves it out.
 */
import { jsonText } from "../../base/json-text.ts";
import {
  count,
  double,
  type Fields,
  flag,
  message,
  nested,
  repeated,
  text,
  type WriteField,
  type WriteMessage,
} from "./write-message.ts";

type Json = Readonly<Record<string, unknown>>;

/** The bytes of a document. */
export function encodeOpenApiV2(document: object): Uint8Array {
  return writeDocument(document);
}

/** Any value stands as a text of YAML, which JSON is. */
const writeYaml: WriteMessage = (value) => Buffer.concat(text(2)(`${jsonText(value)}\n`));
const yaml = (number: number): WriteField => nested(number, writeYaml);

/** A map: a list of messages with a name (1) and a value (2). */
function named(number: number, write: WriteMessage, wanted = (_key: string) => true): WriteField {
  const entry = message(() => ({ name: text(1), value: nested(2, write) }));
  const one = nested(number, entry);
  return (value) =>
    Object.entries(value as Json)
      .filter(([key]) => wanted(key))
      .flatMap(([name, inner]) => one({ name, value: inner }));
}

/** A message that is a map and nothing else. */
const mapOf =
  (write: WriteMessage): WriteMessage =>
  (value) =>
    Buffer.concat(named(1, write)(value));

/** A message whose `x-` keys stand in a field of their own, behind the others. */
function extended(number: number, fields: () => Fields): WriteMessage {
  const plain = message(fields);
  const extensions = named(number, writeYaml, (key) => key.startsWith("x-"));
  return (value) => Buffer.concat([plain(value), ...extensions(value)]);
}

/** One of several messages, in a message that says which. */
const oneOf =
  (field: (value: unknown) => WriteField): WriteMessage =>
  (value) =>
    Buffer.concat(field(value)(value));

const writeTexts = (value: unknown): Uint8Array => Buffer.concat([value].flat().flatMap(text(1)));

const writeSchema: WriteMessage = extended(31, () => SCHEMA);
const writeItems: WriteMessage = (value) => Buffer.concat([value].flat().flatMap(nested(1, writeSchema)));
const SCHEMA: Fields = {
  $ref: text(1),
  format: text(2),
  title: text(3),
  description: text(4),
  default: yaml(5),
  multipleOf: double(6),
  maximum: double(7),
  exclusiveMaximum: flag(8),
  minimum: double(9),
  exclusiveMinimum: flag(10),
  maxLength: count(11),
  minLength: count(12),
  pattern: text(13),
  maxItems: count(14),
  minItems: count(15),
  uniqueItems: flag(16),
  maxProperties: count(17),
  minProperties: count(18),
  required: repeated(text(19)),
  enum: repeated(yaml(20)),
  additionalProperties: nested(
    21,
    oneOf((value) => (typeof value === "boolean" ? flag(2) : nested(1, writeSchema))),
  ),
  type: nested(22, writeTexts),
  items: nested(23, writeItems),
  allOf: repeated(nested(24, writeSchema)),
  properties: nested(25, mapOf(writeSchema)),
  example: yaml(30),
};

const BODY: Fields = {
  description: text(1),
  name: text(2),
  in: text(3),
  required: flag(4),
  schema: nested(5, writeSchema),
};
/** Of parameters in the query; those in a path lack `allowEmptyValue`, and count one less from there on. */
const inQuery = (shift: number): Fields => ({
  required: flag(1),
  in: text(2),
  description: text(3),
  name: text(4),
  type: text(6 - shift),
  format: text(7 - shift),
  uniqueItems: flag(20 - shift),
});

const writeBody = message(() => BODY);
const writeQuery = message(() => inQuery(0));
const writePathParameter = message(() => inQuery(1));
const writeOtherParameter = oneOf((value) =>
  (value as Json).in === "path" ? nested(4, writePathParameter) : nested(3, writeQuery),
);
const writeParameter = oneOf((value) =>
  (value as Json).in === "body" ? nested(1, writeBody) : nested(2, writeOtherParameter),
);
const parameters = (number: number): WriteField =>
  repeated(
    nested(
      number,
      oneOf(() => nested(1, writeParameter)),
    ),
  );

const writeSchemaItem = oneOf(() => nested(1, writeSchema));
const writeResponse = message(() => ({ description: text(1), schema: nested(2, writeSchemaItem) }));
const writeResponses = mapOf(oneOf(() => nested(1, writeResponse)));

const writeOperation = extended(13, () => ({
  description: text(3),
  operationId: text(5),
  produces: repeated(text(6)),
  consumes: repeated(text(7)),
  parameters: parameters(8),
  responses: nested(9, writeResponses),
}));
const operation = (number: number): WriteField => nested(number, writeOperation);
const writePath = message(() => ({
  get: operation(2),
  put: operation(3),
  post: operation(4),
  delete: operation(5),
  patch: operation(8),
  parameters: parameters(9),
}));
const writePaths: WriteMessage = (value) => Buffer.concat(named(2, writePath)(value));

const writeInfo = message(() => ({ title: text(1), version: text(2) }));
const writeDocument = message(() => ({
  swagger: text(1),
  info: nested(2, writeInfo),
  paths: nested(8, writePaths),
  definitions: nested(9, mapOf(writeSchema)),
}));
