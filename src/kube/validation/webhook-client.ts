import { referenceProblem } from "../cel/go-url.ts";
import type { FieldErrors } from "./field-errors.ts";
import { dns1035Label, dnsSubdomain, portNumber } from "./names.ts";

/** How a webhook is reached. */
export interface LooseWebhookClient {
  readonly url?: string;
  readonly service?: LooseServiceReference;
  /** Base64. */
  readonly caBundle?: string;
}

interface LooseServiceReference {
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
  readonly port?: number;
}

/** Either an address or a Service. */
export function checkWebhookClient(
  errors: FieldErrors,
  { url, service }: LooseWebhookClient,
  path: string,
): void {
  if ((url === undefined) === (service === undefined)) {
    errors.required(path, "exactly one of url or service is required");
  } else if (url !== undefined) checkUrl(errors, url, `${path}.url`);
  else if (service !== undefined) checkService(errors, service, `${path}.service`);
}

const FORM = "; desired format: https://host[/path]";

function checkUrl(errors: FieldErrors, url: string, path: string): void {
  const problem = referenceProblem(url);
  if (problem !== undefined) {
    errors.required(path, `url must be a valid URL: ${problem}${FORM}`);
    return;
  }
  const { scheme, host, user, fragment, query } = urlParts(url);
  if (scheme !== "https") errors.invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`);
  if (host === "") errors.invalid(path, host, `host must be specified${FORM}`);
  if (user !== undefined) errors.invalid(path, user, "user information is not permitted in the URL");
  if (fragment !== "") errors.invalid(path, fragment, "fragments are not permitted in the URL");
  if (query !== "") errors.invalid(path, query, "query parameters are not permitted in the URL");
}

/** RFC 3986, appendix B. */
const URL_PARTS = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s;

function urlParts(url: string) {
  const [, scheme = "", authority = "", query = "", fragment = ""] = URL_PARTS.exec(url) ?? [];
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? undefined : authority.slice(0, at);
  return { scheme: scheme.toLowerCase(), host: authority.slice(at + 1), user, query, fragment };
}

function checkService(
  errors: FieldErrors,
  { name = "", namespace = "", path: urlPath, port = 0 }: LooseServiceReference,
  path: string,
): void {
  // Real servers take each of the two for the other.
  if (namespace === "") errors.required(`${path}.name`);
  if (name === "") errors.required(`${path}.namespace`);
  const wrong = portNumber(port);
  if (wrong.length > 0) errors.invalid(`${path}.port`, port, `port is not valid: ${wrong.join(", ")}`);
  if (urlPath !== undefined) checkPath(errors, urlPath, `${path}.path`);
}

function checkPath(errors: FieldErrors, urlPath: string, path: string): void {
  if (urlPath === "" || urlPath === "/") return;
  if (urlPath === "//") {
    errors.invalid(path, urlPath, "segment[0] may not be empty");
    return;
  }
  if (!urlPath.startsWith("/")) errors.invalid(path, urlPath, "must start with a '/'");
  const segments = urlPath.slice(1).replace(/\/$/, "").split("/");
  segments.forEach((segment, i) => {
    if (segment === "") errors.invalid(path, urlPath, `segment[${i}] may not be empty`);
    else
      errors.invalidEach(
        path,
        urlPath,
        dnsSubdomain(segment).map((why) => `segment[${i}]: ${why}`),
      );
  });
}

const REVIEW_VERSIONS = ["v1", "v1beta1"];

/** The versions of reviews that a webhook understands, one of them known. */
export function checkReviewVersions(
  errors: FieldErrors,
  versions: readonly string[],
  path: string,
  whyRequired = "",
): void {
  if (versions.length === 0) {
    errors.required(path, whyRequired);
    return;
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.invalid(`${path}[${i}]`, version, "duplicate version");
    else errors.invalidEach(`${path}[${i}]`, version, dns1035Label(version));
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`);
  }
}
