// Resolves pairs of base and location with Node's URL, which is the URL
// standard's parser. Reads a JSON array of pairs, writes one of strings; "" where
// the standard fails or the result is neither http nor https.
const pairs = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const resolve = ([base, location]) => {
  try {
    const to = new URL(location, base)
    if (to.protocol !== 'http:' && to.protocol !== 'https:') return ''
    if (!to.href.includes('#')) to.hash = new URL(base).hash
    return to.href
  } catch { return '' }
}
process.stdout.write(JSON.stringify(pairs.map(resolve)))
