// Writes cookies as Express's middleware makes them, one JSON line each, from the
// libraries underneath: cookie-session is base64 of JSON beside a keygrip
// signature, express-session an id of 24 bytes signed by cookie-signature.
//
// Called by real_test.go: node generate.js COUNT, with NODE_PATH on Debian's.
const count = Number(process.argv[2])
let state = 1
const next = (n) => (state = (state * 48271) % 2147483647) % n
const text = (n) => Array.from({ length: next(n) }, () => 'abcXYZ019 _é中😀"\\/'[next(17)]).join('')
const write = (o) => console.log(JSON.stringify(o))

let keygrip, signature
try { keygrip = require('keygrip') } catch { write({ kind: 'cookie_session', needs: 'node-keygrip' }) }
try { signature = require('cookie-signature') } catch { write({ kind: 'express_session', needs: 'node-cookie-signature' }) }

for (let i = 0; i < count; i++) {
  if (keygrip) {
    const body = { [text(6) || 'views']: next(99), passport: { user: text(9) } }
    if (next(2)) delete body.passport
    const value = Buffer.from(JSON.stringify(body)).toString('base64')
    write({ kind: 'cookie_session', name: 'session', value, keys: [] })
    write({ kind: 'cookie_session_sig', name: 'session.sig', value: keygrip(['dev']).sign('session=' + value), keys: [] })
  }
  if (signature) {
    const id = Buffer.from(Array.from({ length: 24 }, () => next(256))).toString('base64url')
    write({ kind: 'express_session', name: 'connect.sid', value: encodeURIComponent('s:' + signature.sign(id, 'dev')), keys: [] })
  }
}
