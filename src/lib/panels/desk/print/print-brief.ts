type Print = () => Promise<void>;

let offered: Print | undefined;
let waiting: (() => void)[] = [];

/** The brief is on the page, unseen until it is printed. @returns the end of it */
export function offerBrief(print: Print): () => void {
  offered = print;
  for (const go of waiting) go();
  waiting = [];
  return () => (offered = undefined);
}

/** Brings the brief up to date and opens the browser's print dialog; waits for its code where that is on its way. */
export async function printBrief(): Promise<void> {
  if (!offered) await new Promise<void>((resolve) => waiting.push(resolve));
  await offered?.();
}
