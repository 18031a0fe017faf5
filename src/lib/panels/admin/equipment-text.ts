interface Equipment {
  kind: string;
  quantity: number;
}

/** One kind a line, "shield 2": what a person types faster than any form. A kind without a number is one. */
export function parseEquipment(text: string): Equipment[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, kind, quantity] = /^(.*?)(?:\s*[x×*\s]\s*(\d{1,5}))?$/u.exec(line) ?? [];
      return { kind: (kind ?? line).trim(), quantity: Number(quantity ?? 1) };
    });
}

export const writeEquipment = (equipment: readonly Equipment[]): string =>
  equipment.map(({ kind, quantity }) => `${kind} ${quantity}`).join('\n');
