import { BlockList, isIP } from 'node:net';

/** Which of the machines between a client and us may say who the client is. */
export type TrustProxy =
  { kind: 'none' } | { kind: 'hops'; hops: number } | { kind: 'addresses'; addresses: BlockList };

/**
 * TRUST_PROXY: a number of proxies in a row before us ("1"), or their addresses and networks ("127.0.0.1, 10.0.0.0/8").
 * @returns undefined when the text is neither.
 */
export function parseTrustProxy(text: string | undefined): TrustProxy | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || trimmed === '0') return { kind: 'none' };
  if (/^\d+$/.test(trimmed)) return Number(trimmed) <= 10 ? { kind: 'hops', hops: Number(trimmed) } : undefined;
  const addresses = new BlockList();
  for (const part of trimmed.split(',')) if (!addNetwork(addresses, part.trim())) return undefined;
  return { kind: 'addresses', addresses };
}

function addNetwork(list: BlockList, text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = familyOf(address);
  if (!family || rest.length > 0) return false;
  if (prefix === undefined) {
    list.addAddress(address, family);
    return true;
  }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 'ipv4' ? 32 : 128)) return false;
  list.addSubnet(address, Number(prefix), family);
  return true;
}

export const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined =>
  (({ 4: 'ipv4', 6: 'ipv6' }) as const)[isIP(address) as 4 | 6];
