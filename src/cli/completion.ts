import { Argument, Command } from "commander";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** `holdfast completion SHELL`: prints what makes a shell complete this program's words. */
export function completionCommand(program: Command): Command {
  return new Command("completion")
    .description("print the completion script of a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .action((shell: Shell) => {
      process.stdout.write(WRITERS[shell](wordsOf(program)));
    });
}

/** What may follow each chain of verbs: sub-verbs and flags. The empty chain is the program itself. */
type Words = ReadonlyMap<string, { readonly verbs: readonly string[]; readonly flags: readonly string[] }>;

function wordsOf(program: Command): Words {
  const words = new Map<string, { verbs: string[]; flags: string[] }>();
  const visit = (command: Command, chain: string) => {
    words.set(chain, {
      verbs: command.commands.map((child) => child.name()),
      flags: [...command.options.flatMap((option) => option.long ?? []), "--help"],
    });
    for (const child of command.commands)
      visit(child, chain === "" ? child.name() : `${chain} ${child.name()}`);
  };
  visit(program, "");
  return words;
}

const WRITERS: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: (words) => `_holdfast() {
  local current="\${COMP_WORDS[COMP_CWORD]}" chain="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in -*) ;; *) case "$chain $word" in ${chains(words)
      .map((chain) => `" ${chain}"`)
      .join("|")}) chain="$chain $word" ;; esac ;; esac
  done
  case "$chain" in
${[...words].map(([chain, { verbs, flags }]) => `    "${chain === "" ? "" : ` ${chain}`}") COMPREPLY=($(compgen -W "${[...verbs, ...flags].join(" ")}" -- "$current")) ;;`).join("\n")}
  esac
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _holdfast holdfast kubectl-holdfast
`,
  zsh: (words) => `#compdef holdfast kubectl-holdfast
autoload -U +X bashcompinit && bashcompinit
${WRITERS.bash(words)}`,
  fish: (words) =>
    `${[...words]
      .flatMap(([chain, { verbs, flags }]) => {
        const condition =
          chain === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${chain.split(" ").at(-1)}`;
        return [
          ...verbs.map((verb) => `complete -c holdfast -n "${condition}" -a ${verb}`),
          ...flags.map((flag) => `complete -c holdfast -n "${condition}" -l ${flag.slice(2)}`),
        ];
      })
      .join("\n")}\n`,
};

function chains(words: Words): string[] {
  return [...words.keys()].filter((chain) => chain !== "");
}
