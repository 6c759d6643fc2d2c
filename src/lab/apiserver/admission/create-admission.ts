import type { Engine } from "../../../time/engine.ts";
import type { Api } from "../api.ts";
import type { CustomVersions } from "../conversion.ts";
import { decodeObject } from "../decode.ts";
import { internalError } from "../errors.ts";
import type { KindRegistry } from "../kind-registry.ts";
import { loose } from "../loose.ts";
import type { Outside } from "../outside/outside.ts";
import type { Versions } from "../versions.ts";
import { AdmissionWebhooks } from "./admission-webhooks.ts";
import { AdmissionChain } from "./chain.ts";
import { defaultPlugins } from "./plugins.ts";
import { mutatingAdmissionPolicy } from "./policies/mutating-admission-policy.ts";
import type { VersionContext } from "./version-context.ts";

/** What admission is made of. */
export interface AdmissionParts {
  readonly engine: Engine;
  /** In the server's own name. */
  readonly api: Api;
  readonly kinds: KindRegistry;
  readonly versions: Versions;
  readonly outside: Outside;
  readonly customVersionOf: CustomVersions;
  /** Whether mutating admission policies are acted upon. */
  readonly mutatingPolicies: boolean;
}

/** The admission of a server: plugins, policies and webhooks, with what they have to know of versions. */
export function createAdmission(parts: AdmissionParts): AdmissionChain {
  const { versions, customVersionOf, mutatingPolicies } = parts;
  const context = { ...parts, ...versionContext(versions, customVersionOf) };
  const webhooks = new AdmissionWebhooks(context);
  const plugins = defaultPlugins(context, webhooks.validatingPlugin());
  const policies = mutatingPolicies ? [mutatingAdmissionPolicy(context)] : [];
  return new AdmissionChain(plugins, [...policies, webhooks]);
}

function versionContext(versions: Versions, customVersionOf: CustomVersions): VersionContext {
  return {
    decode({ caller }, kind, object, fieldValidation) {
      const custom = customVersionOf(kind);
      return decodeObject(
        { kind, parameters: { fieldValidation }, caller, custom, refuse: internalError },
        object,
      );
    },
    show: ({ collection, caller }, kind, stored) =>
      loose(versions.read(kind, collection.kind, stored, caller)),
    keep: ({ collection, caller }, kind, object) => versions.keep(kind, collection.kind, object, caller),
  };
}
