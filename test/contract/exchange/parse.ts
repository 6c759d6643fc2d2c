/**
 * Exchanges: contract cases written as the requests that a client sends, each followed by what a real kube-apiserver answered.
 *
 *     == a ConfigMap keeps what it was given        the name of a case
 *     create configmaps a dryRun                    a request: verb, resource, name, options
 *     data: {x: "1"}                                its body, as YAML
 *     ----
 *     ok                                            the answer, normalised (print.ts), up to an empty line
 *     …
 *
 * The answers are recorded, never written by hand: `npm run contract:record` asks a real server anew, and the difference is
 * the review. `play.ts` says which verbs and options there are.
 */

/** One request and its recorded answer. */
export interface Step {
  /** As it stands in the file, comments too. */
  readonly source: string;
  readonly verb: string;
  /** The words after the verb that are no options. */
  readonly words: readonly string[];
  /** "limit=2" gives its value, a bare word such as "dryRun" gives "true". */
  readonly options: Readonly<Record<string, string>>;
  /** YAML; empty when the request has none. */
  readonly body: string;
  readonly answer: string;
}

export interface Exchange {
  readonly title: string;
  readonly steps: readonly Step[];
}

const TITLE = "== ";
const DASHES = "----";
const OPTION = /^([a-zA-Z]+)=(.*)$/s;
/** Options that stand for themselves. */
const FLAGS = ["bare", "dryRun", "fields", "force", "full", "minimal", "bookmarks", "initial"];

/** Reads a file of cases. What stands before the first title is a comment. */
export function parseExchanges(text: string): {
  readonly head: string;
  readonly exchanges: readonly Exchange[];
} {
  const [head = "", ...parts] = text.split(/^== /m);
  return { head, exchanges: parts.map(parseExchange) };
}

function parseExchange(part: string): Exchange {
  const [title = "", ...lines] = part.split("\n");
  const steps: Step[] = [];
  let at = 0;
  while (at < lines.length) {
    const dashes = lines.indexOf(DASHES, at);
    const source = lines.slice(at, dashes < 0 ? lines.length : dashes);
    if (source.every((line) => line === "")) break;
    if (dashes < 0) {
      // Not recorded yet: the requests stand one block after another.
      for (const block of source.join("\n").trim().split("\n\n"))
        steps.push(parseStep(block.split("\n"), ""));
      break;
    }
    const blocks = source.join("\n").trim().split("\n\n");
    for (const block of blocks.slice(0, -1)) steps.push(parseStep(block.split("\n"), ""));
    const gap = lines.indexOf("", dashes);
    const end = gap < 0 ? lines.length : gap;
    steps.push(parseStep((blocks.at(-1) ?? "").split("\n"), lines.slice(dashes + 1, end).join("\n")));
    at = end + 1;
  }
  return { title, steps };
}

function parseStep(lines: readonly string[], answer: string): Step {
  const source = lines.join("\n");
  const own = lines.filter((line) => !line.startsWith("#"));
  const [command = "", ...body] = own;
  const [verb = "", ...rest] = command.split(/\s+/).filter((word) => word !== "");
  const words: string[] = [];
  const options: Record<string, string> = {};
  for (const word of rest) {
    const option = OPTION.exec(word);
    if (option !== null) options[option[1] as string] = option[2] as string;
    else if (FLAGS.includes(word)) options[word] = "true";
    else words.push(word);
  }
  return { source, verb, words, options, body: body.join("\n"), answer };
}

/** The file again, with other answers. */
export function printExchanges(
  head: string,
  exchanges: readonly Exchange[],
  answers: (exchange: Exchange) => readonly string[],
): string {
  const cases = exchanges.map((exchange) => {
    const given = answers(exchange);
    const steps = exchange.steps.map(({ source }, i) => `${source}\n${DASHES}\n${given[i]}\n`);
    return `${TITLE}${exchange.title}\n${steps.join("\n")}`;
  });
  return `${head}${cases.join("\n")}`;
}
