/** What stops a command and can be put right by its operator: printed as one sentence, exit code 1, no stack. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
