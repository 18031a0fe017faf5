import { originOf } from '../operation/client-address.ts';
import type { IssuedDevice } from './contract.ts';

/**
 * What a phone with Traccar Client needs. Scanned there, `qrText` sets the app up: its `ConfigurationService.applyUri` takes
 * the address up to the question mark as the server's and these parameters as its settings. The OsmAnd protocol has no
 * place for a credential but the device's id.
 */
export function traccarClientOf(request: Request, token: string): NonNullable<IssuedDevice['traccarClient']> {
  const serverUrl = `${originOf(request)}/api/osmand`;
  // Often enough that no unit of any kind is stale while it moves; what cannot be sent is kept by the phone.
  const settings = new URLSearchParams({ id: token, accuracy: 'high', interval: '10', buffer: 'true' });
  return { serverUrl, deviceId: token, qrText: `${serverUrl}?${settings.toString()}` };
}
