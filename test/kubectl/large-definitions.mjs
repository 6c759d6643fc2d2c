// Prints definitions of custom kinds, 10 MB of YAML in all, of the size and shape that large operators bring: many fields, long
// descriptions. Usage: node test/kubectl/large-definitions.mjs COUNT
const BYTES = 10 * 1024 * 1024;
const count = Number(process.argv[2]);
const sentence =
  "Says in so many words what this field is for, what it may be, and what becomes of it when nobody sets it. ";

for (let i = 0; i < count; i++) {
  const head = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: larges${i}.large.example.com
spec:
  group: large.example.com
  scope: Namespaced
  names: { plural: larges${i}, singular: large${i}, kind: Large${i}, listKind: Large${i}List }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
`;
  process.stdout.write(i === 0 ? head : `---\n${head}`);
  let written = head.length;
  for (let field = 0; written < BYTES / count; field++) {
    const text = `                field${field}:
                  description: ${sentence.repeat(3)}
                  type: object
                  properties:
                    name: { type: string, description: a name, maxLength: 63, pattern: "^[a-z]+$" }
                    size: { type: integer, format: int32, minimum: 0, default: ${field} }
                    parts: { type: array, items: { type: string }, x-kubernetes-list-type: set }
`;
    process.stdout.write(text);
    written += text.length;
  }
}
