import { expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import type { Kind } from "../../../kube/kind.ts";
import { findKind } from "../../../kube/kinds.ts";
import type { StatusError } from "../../../kube/status-error.ts";

const REQUESTS = findKind("certificates.k8s.io/v1", "CertificateSigningRequest") as Kind;
const CLIENTS = "kubernetes.io/kube-apiserver-client";

/** For /O=devs/O=system:masters/CN=eve, made by `openssl req -new`. */
const MASTERS = `-----BEGIN CERTIFICATE REQUEST-----
MIHyMIGYAgEAMDYxDTALBgNVBAoMBGRldnMxFzAVBgNVBAoMDnN5c3RlbTptYXN0
ZXJzMQwwCgYDVQQDDANldmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARxNLET
Zu6ssch8FLe8wL1II1aPqWYc2NjVwJI9Jd9O57S1JWued2+h8jEkqzsg68bBlo26
INxPO7Y/z1oycbPVoAAwCgYIKoZIzj0EAwIDSQAwRgIhAOX2uYQqbyaZQQlg3P4X
UoeXn9redYRW2m1P0GbkY6fDAiEAtLFXAc+GuN5yUOG4Z3UzWmq25yd2/IVM7EBx
7DXKO8U=
-----END CERTIFICATE REQUEST-----`;

// Words of a kube-apiserver 1.34.4, but for the last, which it refuses before admission is asked.
test.each([
  {
    name: "an administrator of the API server is refused",
    signerName: CLIENTS,
    request: MASTERS,
    why: `use of ${CLIENTS} signer with system:masters group is not allowed`,
  },
  {
    name: "a group of that name means nothing to others",
    signerName: "example.com/signer",
    request: MASTERS,
    why: undefined,
  },
  {
    name: "what cannot be read is refused",
    signerName: CLIENTS,
    request: "junk",
    why: "failed to parse CSR: PEM block type must be CERTIFICATE REQUEST",
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
