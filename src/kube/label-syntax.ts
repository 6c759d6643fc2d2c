/** The rules for label keys and values, with the sentences in which apimachinery's validation tells them. */

const QUALIFIED_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const LENGTH_MAX = 63;
const PREFIX_LENGTH_MAX = 253;

const NAME_RULE = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_NAME}')`;
const VALUE_RULE = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${QUALIFIED_NAME})?')`;
const PREFIX_RULE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;

const nameShape = new RegExp(`^${QUALIFIED_NAME}$`);
const valueShape = new RegExp(`^(${QUALIFIED_NAME})?$`);
const subdomainShape = new RegExp(`^${SUBDOMAIN}$`);

const NO_PROBLEMS: readonly string[] = [];

/** What is wrong with a label key such as "app.kubernetes.io/name"; nothing when it may be used. */
export function labelKeyProblems(key: string): readonly string[] {
  if (key.length <= LENGTH_MAX && nameShape.test(key)) return NO_PROBLEMS;
  const parts = key.split("/");
  if (parts.length > 2) {
    return [
      `a qualified name ${NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) as string;
  const problems = parts.length === 2 ? prefixProblems(parts[0] as string) : [];
  if (name.length === 0) problems.push("name part must be non-empty");
  if (name.length > LENGTH_MAX) problems.push(`name part must be no more than ${LENGTH_MAX} characters`);
  if (!nameShape.test(name)) problems.push(`name part ${NAME_RULE}`);
  return problems;
}

/** What is wrong with a label value; nothing when it may be used. */
export function labelValueProblems(value: string): readonly string[] {
  if (value.length <= LENGTH_MAX && valueShape.test(value)) return NO_PROBLEMS;
  const problems: string[] = [];
  if (value.length > LENGTH_MAX) problems.push(`must be no more than ${LENGTH_MAX} characters`);
  if (!valueShape.test(value)) problems.push(VALUE_RULE);
  return problems;
}

function prefixProblems(prefix: string): string[] {
  if (prefix.length === 0) return ["prefix part must be non-empty"];
  const problems: string[] = [];
  if (prefix.length > PREFIX_LENGTH_MAX) {
    problems.push(`prefix part must be no more than ${PREFIX_LENGTH_MAX} characters`);
  }
  if (!subdomainShape.test(prefix)) problems.push(`prefix part ${PREFIX_RULE}`);
  return problems;
}
