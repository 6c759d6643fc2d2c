/** The story cannot be told: nothing in the manifests can be asked anything from outside. */
export class NoSubjectError extends Error {
  override readonly name = "NoSubjectError";
}
