// The streams of servers that misbehave (FAULTS.tsv, group D).

package tlshello

import (
	"io"
	"strings"
	"testing"
)

// fault is a stream, the hello that it answers, and the end it must come to.
type fault struct {
	stream io.Reader
	client Client
	want   outcome
	most   int // bytes that may be read
}

func faults(t *testing.T) map[string]fault {
	t.Helper()
	hello := serverHelloOf(t, helloSpec{version: TLS12, suite: 0x002F})
	hello13 := serverHelloOf(t, helloSpec{version: TLS13, suite: 0x1301, share: KeyShare{Group: X25519}})
	warning := record(recordAlert, "\x01\x70")
	return map[string]fault{
		"D03 a record of 65535 bytes":      {endless("\x16\x03\x03\xFF\xFF", "x"), old(), outcome{KindGarbled, "a record claims 65535 bytes", false, false}, 5},
		"D03 after a hello":                {endless(hello+"\x16\x03\x03\xFF\xFF", "x"), old(), outcome{KindServerHello, "a record claims 65535 bytes", true, true}, 100},
		"D04 a message of 16 MB":           {endless(record(22, "\x02\xFF\xFF\xFF"), record(22, "xxxx")), old(), outcome{KindGarbled, "answer too large: a handshake message claims 16777215 bytes", false, false}, 9},
		"D04 a message within the cap":     {endless(hello+record(22, "\x0b\x04\x00\x00"), record(22, strings.Repeat("x", 10))), old(), outcome{KindServerHello, "more than 1024 records", true, true}, 16 << 10},
		"D04 a message beyond the total":   {endless(hello+record(22, "\x0b\x04\x00\x00"), record(22, strings.Repeat("\x00", 16000))), old(), outcome{KindServerHello, "certificate message does not add up", true, true}, 300 << 10},
		"E04 a certificate of 389 KB":      {strings.NewReader(hello + record(22, "\x0b\x05\xF1\x00")), old(), outcome{KindServerHello, "answer too large: a handshake message claims 389376 bytes", true, true}, 100},
		"D05 warnings for ever":            {endless("", warning), old(), outcome{KindGarbled, "more than 16 useless records", false, false}, 17 * 7},
		"D05 warnings after a hello":       {endless(hello, warning), old(), outcome{KindServerHello, "more than 16 useless records", true, true}, 300},
		"D06 empty records for ever":       {endless("", record(22, "")), old(), outcome{KindGarbled, "more than 16 useless records", false, false}, 17 * 5},
		"D06 heartbeats for ever":          {endless("", record(24, "\x01\x00\x00")), old(), outcome{KindGarbled, "more than 16 useless records", false, false}, 17 * 8},
		"D10 change_cipher_spec for ever":  {endless(hello13, record(20, "\x01")), Modern(""), outcome{KindServerHello, "more than 16 useless records", true, true}, 300},
		"HelloRequests for ever":           {endless("", record(22, message(0, ""))), old(), outcome{KindGarbled, "more than 16 useless records", false, false}, 17 * 9},
		"tickets for ever":                 {endless(hello, record(22, message(4, "123456"))), old(), outcome{KindServerHello, "more than 16 useless records", true, true}, 400},
		"an alert of one byte":             {strings.NewReader(record(21, "\x02")), old(), outcome{KindGarbled, "alert of 1 bytes", false, false}, 6},
		"an alert without a level":         {strings.NewReader(record(21, "\x05\x28")), old(), outcome{KindGarbled, "alert of level 5", false, false}, 7},
		"D07 a fatal alert":                {strings.NewReader(record(21, "\x02\x28")), old(), outcome{KindAlert, "handshake_failure (40)", false, false}, 7},
		"D07 unrecognized_name":            {strings.NewReader(record(21, "\x02\x70")), old(), outcome{KindAlert, "unrecognized_name (112)", false, false}, 7},
		"a close with a goodbye":           {strings.NewReader(record(21, "\x01\x00")), old(), outcome{KindAlert, "close_notify (0)", false, false}, 7},
		"a warning and a close":            {strings.NewReader(warning), old(), outcome{KindAlert, "unrecognized_name (112)", false, true}, 7},
		"an alert after the hello":         {strings.NewReader(hello + record(21, "\x02\x50")), old(), outcome{KindServerHello, "internal_error (80)", false, true}, 100},
		"a close without a byte":           {strings.NewReader(""), old(), outcome{KindNothing, "", false, true}, 0},
		"a close within the header":        {strings.NewReader("\x16\x03\x03"), old(), outcome{KindGarbled, "cut short", false, true}, 3},
		"a close within a record":          {strings.NewReader(hello[:20]), old(), outcome{KindGarbled, "cut short", false, true}, 20},
		"a close after the hello":          {strings.NewReader(hello), old(), outcome{KindServerHello, "", false, true}, 100},
		"noise":                            {endless("", "\x00\x01\x02\x03"), old(), outcome{KindGarbled, "00 01 02 03 00 is no record", false, false}, 256},
		"noise after the hello":            {endless(hello, "\x00\x01\x02\x03"), old(), outcome{KindServerHello, "after 1 records: 00 01 02 03 00 is no record", true, true}, 100},
		"application data first":           {strings.NewReader(record(23, "x")), old(), outcome{KindGarbled, "application data in the middle of a handshake", false, false}, 6},
		"a certificate first":              {strings.NewReader(record(22, message(11, "\x00\x00\x00"))), old(), outcome{KindGarbled, "handshake message of type 11 before ServerHello", false, false}, 12},
		"a second hello":                   {strings.NewReader(hello + hello), old(), outcome{KindServerHello, "a second ServerHello", true, true}, 200},
		"a hello that is too short":        {strings.NewReader(record(22, message(2, "\x03\x03"))), old(), outcome{KindGarbled, "ServerHello of 6 bytes does not add up", false, false}, 11},
		"a finished first":                 {strings.NewReader(hello + record(22, message(20, "x"))), old(), outcome{KindServerHello, "handshake message of type 20 in the server's flight", true, true}, 200},
		"a certificate list cut short":     {strings.NewReader(hello + record(22, message(11, "\x00\x00\x03\x00\x00\x09"))), old(), outcome{KindServerHello, "certificate list ends inside certificate 1", true, true}, 200},
		"cleartext in TLS 1.3":             {strings.NewReader(hello13 + record(22, message(11, "\x00\x00\x00\x00"))), Modern(""), outcome{KindServerHello, "a handshake record in the clear at TLS 1.3", true, true}, 300},
		"SSLv2 that does not add up":       {strings.NewReader("\x80\x0C\x04\x00\x01\x00\x02\x00\x01\x00\x00\x00\x10x"), old(), outcome{KindGarbled, "SSLv2 server hello of 12 bytes does not add up", false, false}, 14},
		"SSLv2 cut short":                  {strings.NewReader("\x80\x40\x04\x00\x01\x00\x02\x00\x01\x00\x00\x00\x10x"), old(), outcome{KindGarbled, "cut short", false, true}, 14},
		"SSLv2 error of two bytes' number": {strings.NewReader("\x80\x03\x00\x01\x01"), old(), outcome{KindGarbled, "SSLv2 error message 00 01 01", false, false}, 5},
	}
}
