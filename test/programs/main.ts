/** Prints the paths of programs, one a line, building those that are missing. Usage: npm run --silent programs -- NAME… */
import { ProgramMissing, program } from "./build.ts";

try {
  for (const name of process.argv.slice(2)) console.log(await program(name));
} catch (error) {
  if (!(error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
