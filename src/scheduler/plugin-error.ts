/** A plugin could not tell: something it needs is missing or broken. The pod is tried again after an error back-off. */
export class PluginError extends Error {
  override readonly name = "PluginError";
}
