/**
 * A text of manifests without what its CustomResourceDefinitions define, `spec` and `status`: where an operator is shipped in one file,
 * these are most of its bytes, and nothing that is judged reads them. Only who they are is left: `apiVersion`, `kind`, `metadata`.
 *
 * Documents are told apart by their lines, which YAML allows: what stands in column 0 of a block mapping is a key of it, a comment or a
 * marker, whatever the lines around it hold. A definition in another form (JSON, within a List) is left as it is.
 */
export function definitionHeads(text: string): string {
  if (!DEFINITION.test(text)) return text;
  return text
    .split(MARKER)
    .map((document) => (DEFINITION.test(document) ? headOf(document) : document))
    .join("");
}

const DEFINITION = /^kind: *(["']?)CustomResourceDefinition\1[ \t\r]*$/m;
/** In front of every line that begins a document, which stays with its document. */
const MARKER = /^(?=---(?:\s|$))/m;
/** A key and what is below it: indented lines, comments, and items of a list, which may stand in the column of their key. */
const BODY = /^(?:spec|status):.*(?:\n(?:(?:[ \t\r#]|- ).*)?(?=\n|$))*\n?/gm;

function headOf(document: string): string {
  return document.replace(BODY, "");
}
