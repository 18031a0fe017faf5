// Runs on Node 20: says plainly when the pinned runtime is missing and the machine's own Node is too old for the server.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Shaodian needs Node 24, which 'npm ci' installs for Linux and macOS; this shell found Node ${process.versions.node} instead. ` +
      `Run 'npm ci' without --omit=optional, or install Node 24.\n`,
  );
  process.exit(1);
}
