// Reads a JSON array of pairs of base and reference, and writes one of what
// Node's URL, which is the URL standard's parser, makes of them: the address and
// its host; of a scheme that is not special only the scheme; or two empty
// strings where the standard fails.
const special = ['http:', 'https:', 'ws:', 'wss:', 'ftp:']
const pairs = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const read = ([base, ref]) => {
  try {
    const u = new URL(ref, base)
    return special.includes(u.protocol) ? [u.href, u.hostname] : [u.protocol, '']
  } catch { return ['', ''] }
}
process.stdout.write(JSON.stringify(pairs.map(read)))
