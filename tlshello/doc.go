// Package tlshello writes the first message of an SSL or TLS client and reads
// what a server says to it, as bytes, from SSLv2 to TLS 1.3.
//
// Libraries refuse to offer what a scanner must offer (SSLv2, SSLv3, EXPORT,
// NULL and anonymous suites, broken sets of extensions) and drop a whole
// handshake over one odd certificate. Here a [Client] is plain data that
// becomes bytes with [Client.Marshal], and [ReadAnswer] turns the server's
// bytes into an [Answer] that holds everything they said. Nothing here opens a
// connection, reads a clock or rolls dice: the same Client always gives the
// same bytes, so a recorded exchange can be read again at any time.
//
// An Answer is a fact and never a verdict. Three of its kinds say that the
// server spoke TLS ([KindServerHello], [KindHelloRetry], [KindAlert]), the
// others that it did not, or not so that it could be understood.
//
// Nothing secret may be sent through these handshakes: unless the caller gives
// private keys, they are the same in every hello, and everybody can read them here.
package tlshello
