// npm run certificate [-- --name NAME … --no-serve]: an authority and a server certificate of this installation's own, and
// a QR code by which a phone installs the authority.
import { readFileSync } from 'node:fs';
import { renderUnicodeCompact } from 'uqr';
import { expiryOf, fingerprintOf } from '../certificates/make-certificates.ts';
import { authorityUrlPath, serveAuthority } from '../certificates/serve-authority.ts';
import { namesOfMachine, outsideAddresses, writeCertificates } from '../certificates/write-certificates.ts';
import { OperatorError, readEnvironment } from '../environment.ts';

const serveMinutes = 10;
const say = (text: string) => void process.stdout.write(`${text}\n`);

try {
  const { extraNames, serve } = readArguments(process.argv.slice(2));
  // HOST may well be what this command is run for.
  const { dataDir } = readEnvironment({ ...process.env, HOST: '', TLS_CERT: '', TLS_KEY: '' }, []);
  const names = [...new Set([...extraNames, ...namesOfMachine()])];
  const { authorityPath, certPath, keyPath, isRenewal } = await writeCertificates(dataDir, names);
  const authority = readFileSync(authorityPath, 'utf8');
  say(`${isRenewal ? 'A new server certificate; phones know its authority already.' : 'An authority and a server certificate.'}
It is for ${names.join(', ')}
and holds until ${expiryOf(readFileSync(certPath, 'utf8')).toISOString().slice(0, 10)}; run this again before then, and start the server again.

Start the server with:
  TLS_CERT=${certPath} TLS_KEY=${keyPath} HOST=0.0.0.0 npm start

Keep ${authorityPath.replace(/crt$/, 'key')} secret: phones that install the authority believe whatever it signs.
SHA-256 fingerprint of the authority:
  ${await fingerprintOf(authority)}`);
  const [address] = outsideAddresses();
  if (serve && address) await handOut(authority, address);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function handOut(authority: string, address: string): Promise<void> {
  const { port, close } = await serveAuthority(authority);
  const url = `http://${address}:${port}${authorityUrlPath}`;
  say(`
Phones of this network install the authority from ${url}
(for ${serveMinutes} minutes; Ctrl-C ends it). Compare the fingerprint before you trust it.
iPhone: then Settings › General › VPN & Device Management, and Settings › General › About › Certificate Trust Settings.
Android: then Settings › Security › Encryption & credentials › Install a certificate › CA certificate.
`);
  say(renderUnicodeCompact(url));
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, serveMinutes * 60_000);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        clearTimeout(timer);
        resolve();
      });
  });
  await close();
}

function readArguments(args: readonly string[]): { extraNames: string[]; serve: boolean } {
  const extraNames: string[] = [];
  let serve = true;
  for (let index = 0; index < args.length; index++) {
    const name = args[index + 1]?.toLowerCase();
    if (args[index] === '--no-serve') serve = false;
    else if (args[index] === '--name' && name && /^[a-z0-9:.-]+$/.test(name)) {
      extraNames.push(name);
      index++;
    } else throw new OperatorError('Usage: npm run certificate [-- --name NAME … --no-serve]');
  }
  return { extraNames, serve };
}
