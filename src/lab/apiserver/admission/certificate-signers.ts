/**
 * CertificateApproval and CertificateSigning: who may have certificates made by a signer has the right to that signer.
 * CertificateSubjectRestriction: nobody asks for a certificate that would make them an administrator.
 */
import { organizationsIn } from "../../../base/certificate-request.ts";
import { deepEqual } from "../../../base/deep.ts";
import type { LooseObject } from "../loose.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./chain.ts";
import { refusal } from "./refusal.ts";

const GROUP = "certificates.k8s.io";
const RESOURCES = [`certificatesigningrequests.${GROUP}`];

/** Approving and denying takes the right to "approve" for the signer. */
export function certificateApproval(): AdmissionPlugin {
  return {
    name: "CertificateApproval",
    resources: RESOURCES,
    validate(request) {
      if (request.subresource === "approval") checkSigner(request, "approve");
    },
  };
}

/** Handing out a certificate, or saying why there is none, takes the right to "sign". */
export function certificateSigning(): AdmissionPlugin {
  return {
    name: "CertificateSigning",
    resources: RESOURCES,
    validate(request) {
      const { subresource, object, old } = request;
      if (subresource !== "status") return;
      const [next, before] = [object?.status ?? {}, old?.status ?? {}];
      const isSame =
        deepEqual(next.certificate, before.certificate) && deepEqual(next.conditions, before.conditions);
      if (!isSame) checkSigner(request, "sign");
    },
  };
}

const CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";
const MASTERS = "system:masters";

/** Clients of the API server do not get into the group that may do everything. */
export function certificateSubjectRestriction(): AdmissionPlugin {
  return {
    name: "CertificateSubjectRestriction",
    resources: RESOURCES,
    validate(request) {
      const { operation, subresource, object } = request;
      if (operation !== "CREATE" || subresource !== undefined || signerOf(object) !== CLIENT_SIGNER) return;
      // What is no request was refused before.
      const pem = Buffer.from(String(object?.spec?.request), "base64").toString();
      if (organizationsIn(pem).includes(MASTERS)) {
        throw refusal(request, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`);
      }
    },
  };
}

function checkSigner(request: AdmissionRequest, verb: "approve" | "sign"): void {
  const { access } = request.caller;
  if (access === undefined) return;
  const signer = signerOf(request.old);
  // The signer itself, or all those of its domain.
  const names = [signer, `${signer.split("/")[0]}/*`];
  const may = names.some(
    (name) => access.authorize({ type: "resource", verb, group: GROUP, resource: "signers", name }).allowed,
  );
  if (may) return;
  throw refusal(request, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`);
}

function signerOf(request: LooseObject | undefined): string {
  return String(request?.spec?.signerName ?? "");
}
