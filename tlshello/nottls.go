// Recognising what is not TLS at all.

package tlshello

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// greetings are the first bytes of protocols that speak first or answer a
// hello with a complaint.
var greetings = []struct {
	start    string
	protocol string
}{
	{"HTTP/", "http"},
	{"<html", "http"},
	{"<!doctype", "http"},
	{"SSH-", "ssh"},
	{"+OK", "pop3"},
	{"* OK", "imap"},
	{"* PREAUTH", "imap"},
	{"* BYE", "imap"},
	{"RFB ", "vnc"},
	{"RTSP/", "rtsp"},
	{"SIP/", "sip"},
	{"AMQP", "amqp"},
	{"-ERR", "redis"},
	{"-DENIED", "redis"},
	{"@RSYNCD", "rsync"},
	{"<?xml", "xmpp"},
	{"<stream", "xmpp"},
	{"INFO {", "nats"},
	{"NOTICE ", "irc"},
	{":", "irc"},
	{"ERROR\r\n", "memcached"},
	{"\xFF\xFB", "telnet"},
	{"\xFF\xFD", "telnet"},
	{"200 ", "nntp"},
	{"201 ", "nntp"},
}

// protocolOf names the protocol of a banner, or gives "". Letters are compared
// without regard to case.
func protocolOf(banner []byte) string {
	lower := asciiLower(bytes.TrimLeft(banner, " \t\r\n"))
	if bytes.HasPrefix(lower, []byte("220")) || bytes.HasPrefix(lower, []byte("421")) {
		return mailOrFiles(lower)
	}
	for _, g := range greetings {
		if bytes.HasPrefix(lower, asciiLower([]byte(g.start))) {
			return g.protocol
		}
	}
	return binaryProtocol(banner)
}

// asciiLower leaves bytes that are not ASCII as they are, valid UTF-8 or not.
func asciiLower(text []byte) []byte {
	lower := bytes.Clone(text)
	for i, b := range lower {
		if 'A' <= b && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	return lower
}

// mailOrFiles tells SMTP from FTP, which greet with the same numbers.
func mailOrFiles(lower []byte) string {
	if bytes.Contains(lower, []byte("ftp")) && !bytes.Contains(lower, []byte("smtp")) {
		return "ftp"
	}
	return "smtp"
}

// binaryProtocol knows greetings whose first bytes are lengths: a SETTINGS
// frame of HTTP/2 (RFC 9113, section 3.4) and the handshake of MySQL.
func binaryProtocol(banner []byte) string {
	if len(banner) < 5 {
		return ""
	}
	if banner[0] == 0 && banner[3] == 4 && banner[4] == 0 && banner[2]%6 == 0 {
		return "http2"
	}
	if banner[2] == 0 && banner[3] == 0 && (banner[4] == 10 || banner[4] == 0xFF) {
		return "mysql"
	}
	return ""
}

// isText tells whether a banner is something to read: printable letters, at
// most its last one cut in half.
func isText(banner []byte) bool {
	if len(banner) == 0 {
		return false
	}
	whole := banner
	for cut := 0; cut < 3 && len(whole) > 1 && !utf8.Valid(whole); cut++ {
		whole = whole[:len(whole)-1]
	}
	control := func(b byte) bool { return b < 0x20 && b != '\r' && b != '\n' && b != '\t' || b == 0x7F }
	return utf8.Valid(whole) && !slices.ContainsFunc(banner, control)
}
