/**
 * Fills Secrets of type kubernetes.io/service-account-token with a token, and deletes them with their account. Only those that
 * somebody writes by hand: pods get short-lived tokens from the API server.
 */
import { secrets, serviceAccounts } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { Secret, ServiceAccount } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { Api } from "../../apiserver/api.ts";
import type { ControllerFactory } from "../../context.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { watchAll } from "../shared/watch.ts";

const NAME = "serviceaccount-token-controller";

const TYPE = "kubernetes.io/service-account-token";
const ACCOUNT_NAME = "kubernetes.io/service-account.name";
const ACCOUNT_UID = "kubernetes.io/service-account.uid";

/** maxRetries. */
const RETRIES_MAX = 10;

export interface ServiceAccountTokenOptions {
  /** PEM: what goes into "ca.crt". */
  readonly rootCertificates: string;
  /** Signs what the Secret holds for the account. */
  readonly legacyToken: (account: ServiceAccount, secret: Secret) => string;
}

/** Keeps token Secrets. */
export function serviceAccountToken({
  rootCertificates,
  legacyToken,
}: ServiceAccountTokenOptions): ControllerFactory {
  return ({ api, engine }) => {
    const reconcile = (key: string): void => {
      const { namespace, name } = splitKey(key);
      const secret = api.get(secrets, namespace, name);
      if (secret === undefined || !isToken(secret)) return;
      const account = accountOf(api, secret);
      if (account === undefined) deleteSecret(api, secret);
      else fill(api, account, secret);
    };
    const fill = (server: Api, account: ServiceAccount, secret: Secret): void => {
      const { data = {}, metadata } = secret;
      const filled = {
        ...data,
        ...(rootCertificates !== "" && { "ca.crt": encode(rootCertificates) }),
        namespace: data.namespace || encode(metadata.namespace ?? ""),
        token: data.token || encode(legacyToken(account, secret)),
      };
      const isSame = Object.entries(filled).every(([field, value]) => data[field] === value);
      if (isSame) return;
      const annotations = {
        ...metadata.annotations,
        [ACCOUNT_NAME]: account.metadata.name,
        [ACCOUNT_UID]: account.metadata.uid,
      };
      server.update(secrets, { ...secret, metadata: { ...metadata, annotations }, data: filled });
    };
    const queue = new WorkQueue(engine, { name: NAME, reconcile, retriesMax: RETRIES_MAX });
    return {
      name: NAME,
      start() {
        watchAll(api, secrets, ({ type, object }) => {
          if (!isToken(object)) return;
          if (type !== "DELETED") queue.add(keyOf(object));
          else forgetSecret(api, object);
        });
        api.onChange(serviceAccounts, ({ type, object }) => {
          const { namespace } = object.metadata;
          if (type !== "DELETED" || namespace === undefined) return;
          for (const secret of api.list(secrets, { namespace })) {
            if (isToken(secret) && accountNameOf(secret) === object.metadata.name) queue.add(keyOf(secret));
          }
        });
      },
    };
  };
}

function isToken(secret: Secret): boolean {
  return secret.type === TYPE && accountNameOf(secret) !== "";
}

function accountNameOf({ metadata }: Secret): string {
  return metadata.annotations?.[ACCOUNT_NAME] ?? "";
}

/** The account that the Secret names; one that was made anew under the name is another. */
function accountOf(api: Api, secret: Secret): ServiceAccount | undefined {
  const account = api.get(serviceAccounts, secret.metadata.namespace, accountNameOf(secret));
  const uid = secret.metadata.annotations?.[ACCOUNT_UID] ?? "";
  return uid === "" || uid === account?.metadata.uid ? account : undefined;
}

function deleteSecret(api: Api, { metadata }: Secret): void {
  try {
    api.delete(secrets, metadata.namespace, metadata.name, { preconditions: { uid: metadata.uid } });
  } catch (error) {
    if (!isStatus(error, "NotFound") && !isStatus(error, "Conflict")) throw error;
  }
}

/** Takes a Secret that is gone off the list of its account. */
function forgetSecret(api: Api, secret: Secret): void {
  const account = accountOf(api, secret);
  const { name } = secret.metadata;
  if (!account?.secrets?.some((reference) => reference.name === name)) return;
  const left = account.secrets.filter((reference) => reference.name !== name);
  api.update(serviceAccounts, { ...account, secrets: left });
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}
