/** How many indexes a text such as "0-2,5" names, or why it names none below `completions`, in kube-apiserver's words. */
export function readIndexes(
  text: string,
  completions: number,
): { readonly count: number } | { readonly error: string } {
  if (text === "") return { count: 0 };
  let last: number | undefined;
  let count = 0;
  for (const interval of text.split(",")) {
    const limits = interval.split("-");
    if (limits.length > 2)
      return {
        error: `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`,
      };
    const numbers: number[] = [];
    for (const limit of limits) {
      if (!/^[+-]?\d+$/.test(limit))
        return { error: `cannot convert string to integer for index: ${JSON.stringify(limit)}` };
      const number = Number(limit);
      if (number >= completions) return { error: `too large index: ${JSON.stringify(limit)}` };
      if (last !== undefined && last >= number)
        return { error: `non-increasing order, previous: ${last}, current: ${number}` };
      last = number;
      numbers.push(number);
    }
    count += (numbers.at(-1) ?? 0) - (numbers[0] ?? 0) + 1;
  }
  return { count };
}
