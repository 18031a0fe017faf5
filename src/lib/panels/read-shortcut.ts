export type Shortcut = 'search' | 'close' | 'table' | 'side' | 'help';

const byKey: Record<string, Shortcut> = { '/': 'search', '?': 'help', t: 'table', '[': 'side' };

interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented: boolean;
  isComposing: boolean;
  target: EventTarget | null;
}

const isElsewhere = (target: Partial<Element> | null): boolean =>
  Boolean(target?.closest?.('[role="dialog"], [role="menu"], input, textarea, select, [contenteditable]'));

/** The letter pressed, for whoever gives letters a meaning; undefined where `readShortcut` says nothing either. */
export function readToolKey(press: KeyPress): string | undefined {
  if (press.defaultPrevented || press.isComposing || press.ctrlKey || press.metaKey || press.altKey) return undefined;
  return isElsewhere(press.target as Partial<Element> | null) ? undefined : press.key.toLowerCase();
}

/** What a key asks for; undefined while someone types, while a dialog is open or when the key is another's. */
export function readShortcut(press: KeyPress): Shortcut | undefined {
  if (press.defaultPrevented || press.isComposing || press.ctrlKey || press.metaKey || press.altKey) return undefined;
  const target = press.target as Partial<Element> | null;
  if (target?.closest?.('[role="dialog"], [role="menu"]')) return undefined;
  if (press.key === 'Escape') return 'close';
  if (target?.closest?.('input, textarea, select, [contenteditable]')) return undefined;
  return byKey[press.key.toLowerCase()];
}
