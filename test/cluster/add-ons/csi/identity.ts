/** What both halves of the driver say of themselves. */
import type { Calls } from "./service.ts";

/** The name that claims' classes and attachments know the driver by. */
export const DRIVER = "disk.csi.holdfast.dev";

export const identity: Calls = {
  GetPluginInfo: () => ({ name: DRIVER, vendorVersion: "1" }),
  GetPluginCapabilities: () => ({ capabilities: [{ service: { type: "CONTROLLER_SERVICE" } }] }),
  Probe: () => ({ ready: { value: true } }),
};
