import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import {
  clientAddressOf,
  isSecure,
  networkOf,
  originOf,
  readClientAddress,
  rememberConnection,
} from '../../../api/operation/client-address.ts';
import { parseTrustProxy, type TrustProxy } from '../../../api/operation/trust-proxy.ts';

const trusting = (text: string): TrustProxy => parseTrustProxy(text)!;

function requestBy(
  trust: TrustProxy,
  {
    peer = '10.0.0.2',
    headers = {},
    encrypted = false,
  }: { peer?: string; headers?: Record<string, string>; encrypted?: boolean },
): Request {
  const request = new Request('http://localhost:3000/api/session');
  rememberConnection(
    request,
    {
      headers: { host: 'map.example', ...headers },
      socket: { remoteAddress: peer, encrypted },
    } as unknown as IncomingMessage,
    trust,
  );
  return request;
}

test('X-Forwarded-For is ignored unless a proxy is trusted', () => {
  expect(readClientAddress('203.0.113.9', '1.2.3.4', trusting(''))).toBe('203.0.113.9');
  expect(readClientAddress('203.0.113.9', '1.2.3.4', trusting('10.0.0.0/8'))).toBe('203.0.113.9');
});

test('one proxy: what it appended counts, what the client wrote before it does not', () => {
  expect(readClientAddress('10.0.0.2', '6.6.6.6, 203.0.113.9', trusting('1'))).toBe('203.0.113.9');
  expect(readClientAddress('10.0.0.2', '6.6.6.6, 203.0.113.9', trusting('10.0.0.0/8'))).toBe('203.0.113.9');
});

test('a row of proxies: the first address that is not one of them is the client', () => {
  expect(readClientAddress('::ffff:10.0.0.2', '6.6.6.6, 203.0.113.9, 10.0.0.7', trusting('10.0.0.0/8, ::1'))).toBe(
    '203.0.113.9',
  );
  expect(readClientAddress('10.0.0.2', '6.6.6.6, 203.0.113.9, 10.0.0.7', trusting('2'))).toBe('203.0.113.9');
  expect(readClientAddress('10.0.0.2', '203.0.113.9', trusting('3'))).toBe('203.0.113.9');
});

test('an entry that is no address ends the walk; ports, brackets and zones are left out', () => {
  expect(readClientAddress('10.0.0.2', 'evil"\n, unknown', trusting('5'))).toBe('10.0.0.2');
  expect(readClientAddress('10.0.0.2', '203.0.113.9:4711', trusting('1'))).toBe('203.0.113.9');
  expect(readClientAddress('10.0.0.2', '[2001:db8::1]:4711', trusting('1'))).toBe('2001:db8::1');
  expect(readClientAddress('fe80::1%eth0', undefined, trusting(''))).toBe('fe80::1');
});

test('TRUST_PROXY is a count or a list of addresses and networks, nothing else', () => {
  expect(parseTrustProxy(undefined)).toEqual({ kind: 'none' });
  expect(parseTrustProxy('2')).toEqual({ kind: 'hops', hops: 2 });
  for (const text of ['true', '-1', '99', '10.0.0.0/33', 'proxy.example', '10.0.0.1/8/8', '10.0.0.0/', ','])
    expect(parseTrustProxy(text), text).toBeUndefined();
});

test('a connection is secure by our TLS or by a trusted proxy, never by what a client claims', () => {
  const claims = { 'x-forwarded-proto': 'https' };
  expect(isSecure(requestBy(trusting(''), { encrypted: true }))).toBe(true);
  expect(isSecure(requestBy(trusting(''), { headers: claims }))).toBe(false);
  expect(isSecure(requestBy(trusting('192.168.0.0/16'), { headers: claims }))).toBe(false);
  expect(isSecure(requestBy(trusting('10.0.0.2'), { headers: claims }))).toBe(true);
  expect(isSecure(requestBy(trusting('1'), { headers: { 'x-forwarded-proto': 'https, http' } }))).toBe(false);
});

test('the origin is as the browser sees it: scheme and host of a trusted proxy', () => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'map.police.example' };
  expect(originOf(requestBy(trusting('1'), { headers }))).toBe('https://map.police.example');
  expect(originOf(requestBy(trusting(''), { headers }))).toBe('http://map.example');
});

test('a request without a socket counts as this machine', () => {
  expect(clientAddressOf(new Request('http://localhost/'))).toBe('127.0.0.1');
});

test('IPv6 is counted by its /64', () => {
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:DB8::7')).toBe('2001:db8:0:0::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  expect(networkOf('203.0.113.9')).toBe('203.0.113.9');
});
