const COMPONENT = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const HOST = `(?:${COMPONENT}(?:\\.${COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";

/** The grammar of distribution's image references: host and path, then tag and digest where given. */
const REFERENCE = new RegExp(`^(?:${HOST}/)?${PATH}(?:/${PATH})*(?::(\\w[\\w.-]{0,127}))?(?:@(${DIGEST}))?$`);
/** A bare image ID is refused: it could be read as a name. */
const IDENTIFIER = /^[a-f0-9]{64}$/;
const NAME_LENGTH_MAX = 255;

/** The tag that an image is pulled by: "latest" when neither tag nor digest is given, "" for what is no image name. */
export function imageTag(image: string): string {
  if (image.length > 4 * NAME_LENGTH_MAX || IDENTIFIER.test(image)) return "";
  const parts = REFERENCE.exec(withHost(image));
  if (parts === null) return "";
  return parts[1] ?? (parts[2] === undefined ? "latest" : "");
}

/** A first part without a dot, a colon or a capital is no host but part of the path. */
function withHost(image: string): string {
  const slash = image.indexOf("/");
  const first = slash < 0 ? "" : image.slice(0, slash);
  const isHost = first === "localhost" || /[.:A-Z]/.test(first);
  return isHost ? image : `docker.io/${image}`;
}
