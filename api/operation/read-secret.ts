import { readFileSync } from 'node:fs';
import { OperatorError } from '../operator-error.ts';

/**
 * A secret from the variable NAME, or from the file that NAME_FILE names (so that it stands in no process list and no
 * compose file); its last line break is left out. Undefined when neither is set or what is set is empty.
 * @throws {OperatorError} when both are set or the file cannot be read.
 */
export function readSecret(variables: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = variables[name];
  const path = variables[`${name}_FILE`];
  if (!path) return value || undefined;
  if (value) throw new OperatorError(`${name} and ${name}_FILE are both set: set one of them.`);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    throw new OperatorError(`${path} (${name}_FILE) cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
