import { expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import { REQUEST_OF_MASTERS } from "../../../../test/support/certificate-request.ts";
import type { Kind } from "../../../kube/kind.ts";
import { findKind } from "../../../kube/kinds.ts";
import type { StatusError } from "../../../kube/status-error.ts";

const REQUESTS = findKind("certificates.k8s.io/v1", "CertificateSigningRequest") as Kind;
const CLIENTS = "kubernetes.io/kube-apiserver-client";

// Words of a kube-apiserver 1.34.4.
test.each([
  {
    name: "an administrator of the API server is refused",
    signerName: CLIENTS,
    request: REQUEST_OF_MASTERS,
    why: `use of ${CLIENTS} signer with system:masters group is not allowed`,
  },
  {
    name: "a group of that name means nothing to others",
    signerName: "example.com/signer",
    request: REQUEST_OF_MASTERS,
    why: undefined,
  },
])("asking for a certificate: $name", ({ signerName, request, why }) => {
  const { api } = testApi();
  const spec = { signerName, request: btoa(request), usages: ["client auth"] };
  const ask = () => api.create(REQUESTS, { metadata: { name: "c" }, spec } as never);
  if (why === undefined) expect(ask()).toMatchObject({ spec: { signerName } });
  else {
    const forbidden = `certificatesigningrequests.certificates.k8s.io "c" is forbidden: ${why}`;
    expect(ask).toThrow(expect.objectContaining({ reason: "Forbidden", message: forbidden }) as StatusError);
  }
});
