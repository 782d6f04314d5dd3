// What ReadHead makes of honest, careless and hostile heads.

package httphead

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func readString(text string) (Head, error) {
	return ReadHead(bufio.NewReader(strings.NewReader(text)))
}

var heads = []struct {
	sentence, text string
	want           Head
}{
	{"a plain response has no complaint", "HTTP/1.1 200 OK\r\nServer: nginx\r\nX:\r\n\r\nbody",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"Server", "nginx"}, {"X", ""}}}},
	{"a reason phrase keeps its letter case", "HTTP/1.0 404 NOT FOUND\n\n",
		Head{Proto: "HTTP/1.0", Status: 404, Reason: "NOT FOUND"}},
	{"a reason phrase may be absent, blank and all", "HTTP/1.1 999\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 999}},
	{"obs-text survives byte by byte", "HTTP/1.1 200 OK\r\nX: \xe9\xff\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"X", "\xe9\xff"}}}},
	{"control bytes are named, NUL becomes a blank", "HTTP/1.1 200 OK\r\nX: a\x00b\x1b[31m\r\nServer: s\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK",
			Fields:    []Field{{"X", "a b\x1b[31m"}, {"Server", "s"}},
			Malformed: []string{`control byte 0x00 in header "X"`, `control byte 0x1b in header "X"`}}},
	{"a bare CR does not split a header", "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"X", "a Set-Cookie: b=c"}},
			Malformed: []string{`control byte 0x0d in header "X"`}}},
	{"obs-fold is unfolded", "HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=1;\r\n\t includeSubDomains\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK",
			Fields:    []Field{{"Strict-Transport-Security", "max-age=1; includeSubDomains"}},
			Malformed: []string{`obs-fold unfolded in header "Strict-Transport-Security"`}}},
	{"a fold of nothing is dropped", "HTTP/1.1 200 OK\r\n X: 1\r\nY: 2\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"Y", "2"}},
			Malformed: []string{"line 2 begins with a blank and continues no header"}}},
	{"a blank before the colon is forgiven", "HTTP/1.1 200 OK\r\nX-A : 1\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"X-A", "1"}},
			Malformed: []string{`blank before the colon of header "X-A"`}}},
	{"a blank before the colon of a length is smuggling", "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"Transfer-Encoding", "chunked"}}, Smuggling: true,
			Malformed: []string{`blank before the colon of header "Transfer-Encoding"`}}},
	{"lines that are no fields are passed over", "HTTP/1.1 200 OK\r\nnothing\r\n: x\r\nA\x00B: 1\r\nC: 2\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"C", "2"}},
			Malformed: []string{"line 2 has no colon", "line 3: no valid header name before the colon",
				"line 4: no valid header name before the colon"}}},
	{"interim responses are counted and passed over", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"A", "b"}}, Interim: 2}},
	{"an unsolicited 101 is the answer", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 101, Reason: "Switching Protocols", Fields: []Field{{"Upgrade", "x"}}}},
	{"junk before the status line is skipped", "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Malformed: []string{"4 bytes before the status line"}}},
	{"a status line without a number keeps its fields", "HTTP/1.1 OK\r\nA: b\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 0, Reason: "OK", Fields: []Field{{"A", "b"}},
			Malformed: []string{"status code of 0 digits"}}},
	{"an odd protocol keeps its fields", "http/2 200x\r\nA: b\r\n\r\n",
		Head{Proto: "http/2", Status: 200, Reason: "x", Fields: []Field{{"A", "b"}},
			Malformed: []string{`protocol "http/2" in the status line`, "no blank after the status code"}}},
	{"two locations are noted", "HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\n\r\n",
		Head{Proto: "HTTP/1.1", Status: 302, Reason: "Found", Fields: []Field{{"Location", "/a"}, {"Location", "/b"}},
			Malformed: []string{"duplicate location with different values"}}},
}

func TestHeadsAreReadAsBrowsersReadThem(t *testing.T) {
	for _, c := range heads {
		want := c.want
		if want.Fields == nil {
			want.Fields = []Field{}
		}
		if want.Malformed == nil {
			want.Malformed = []string{}
		}
		got, err := readString(c.text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: error %v, difference (-want +got):\n%s", c.sentence, err, diff)
		}
		slow, err := ReadHead(bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(c.text)), 16))
		if diff := cmp.Diff(want, slow); diff != "" || err != nil {
			t.Errorf("%s, byte by byte: error %v, difference (-want +got):\n%s", c.sentence, err, diff)
		}
	}
}

func TestAmbiguousLengthIsSmuggling(t *testing.T) {
	for fields, want := range map[string]string{
		"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n": "Content-Length and Transfer-Encoding together",
		"Content-Length: 5\r\nContent-Length: 6\r\n":          "duplicate content-length with different values",
		"Content-Length: 5, 6\r\n":                            "duplicate content-length with different values",
		"Content-Length: +5\r\n":                              "content-length is not a number",
		"Content-Length: -1\r\n":                              "content-length is not a number",
		"Content-Length:\r\n":                                 "content-length is not a number",
		"Content-Length: 0000000000000000005\r\n":             "content-length of 19 digits",
		"Content-Length:\r\n 5\r\n":                           `obs-fold unfolded in header "Content-Length"`,
		"Transfer-Encoding: xchunked\r\n":                     `unknown transfer coding "xchunked"`,
		"Transfer-Encoding: chunked, chunked\r\n":             "transfer coding chunked is not the last",
		"Transfer-Encoding: chunked\r\nX: y\r\n":              "Transfer-Encoding in an HTTP/1.0 response",
	} {
		proto := "HTTP/1.1"
		if strings.Contains(want, "1.0") {
			proto = "HTTP/1.0"
		}
		h, err := readString(proto + " 200 OK\r\n" + fields + "\r\n")
		if diff := cmp.Diff([]string{want}, h.Malformed); diff != "" || !h.Smuggling || err != nil {
			t.Errorf("%q: smuggling %v, error %v, difference (-want +got):\n%s", fields, h.Smuggling, err, diff)
		}
	}
}

func TestSameLengthTwiceIsNoSmuggling(t *testing.T) {
	h, err := readString("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 05, 5\r\n\r\n")
	want := []string{"duplicate content-length with the same value"}
	if diff := cmp.Diff(want, h.Malformed); diff != "" || h.Smuggling || err != nil {
		t.Errorf("smuggling %v, error %v, difference (-want +got):\n%s", h.Smuggling, err, diff)
	}
}

func TestOtherProtocolsAreNotHTTPAndShowTheirFirstBytes(t *testing.T) {
	for text, first := range map[string]string{
		"<!doctype html><p>HTTP/0.9":      "<!doctype html><p>HTTP/0.9",
		"SSH-2.0-OpenSSH_9.2\r\n":         "SSH-2.0-OpenSSH_9.2\r\n",
		"\x15\x03\x01\x00\x02\x02\x46":    "\x15\x03\x01\x00\x02\x02\x46",
		"GET http://a/":                   "GET http://a/",
		"220 mail ESMTP\r\n":              "220 mail ESMTP\r\n",
		"x":                               "x",
		strings.Repeat("A", 100) + "HTTP": strings.Repeat("A", 64),
	} {
		_, err := readString(text)
		var refusal *NotHTTPError
		if !errors.Is(err, ErrNotHTTP) || !errors.As(err, &refusal) || string(refusal.First) != first {
			t.Errorf("%q gave %v", text, err)
		}
	}
}

func TestBrokenReadersKeepThePartOfTheHeadThatIsWhole(t *testing.T) {
	want := Head{Proto: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []Field{{"A", "b"}}, Malformed: []string{}}
	for _, cause := range []error{io.EOF, io.ErrClosedPipe} {
		cut := io.MultiReader(strings.NewReader("HTTP/1.1 200 OK\r\nA: b\r\nSet-Cookie: a=secr"), iotest.ErrReader(cause))
		got, err := ReadHead(bufio.NewReader(cut))
		expect := cause
		if errors.Is(cause, io.EOF) {
			expect = io.ErrUnexpectedEOF
		}
		if diff := cmp.Diff(want, got); diff != "" || !errors.Is(err, expect) {
			t.Errorf("%v: error %v, difference (-want +got):\n%s", cause, err, diff)
		}
	}
	for text, want := range map[string]error{"": io.EOF, "HTT": io.ErrUnexpectedEOF, "HTTP/1.1 20": io.ErrUnexpectedEOF} {
		if _, err := readString(text); !errors.Is(err, want) {
			t.Errorf("%q gave %v, want %v", text, err, want)
		}
	}
}

// endless repeats a text for ever; a reader that waits for its end never returns.
type endless struct {
	text string
	at   int
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[e.at%len(e.text)]
		e.at++
	}
	e.read += len(p)
	return len(p), nil
}

func TestEndlessHeadsEndAtTheLimitsInLittleMemory(t *testing.T) {
	for name, text := range map[string]string{
		"fields":       "X-Header: some value\r\n",
		"short fields": "a:\n",
		"one line":     "x",
		"folds":        " a\n",
		"interim":      "HTTP/1.1 100 Continue\r\n\r\n",
		"long interim": "HTTP/1.1 100 Continue\r\n" + strings.Repeat("A: b\r\n", 3000) + "\r\n",
		"cookies":      "Set-Cookie: a=b\r\n",
	} {
		source := &endless{text: text}
		r := bufio.NewReader(io.MultiReader(strings.NewReader("HTTP/1.1 100 Continue\r\nA: "), source))
		if strings.HasPrefix(text, "HTTP") {
			r = bufio.NewReader(source)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		h, err := ReadHead(r)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrTooLarge) || source.read > MaxHead+8<<10 {
			t.Errorf("%s: error %v after %d bytes", name, err, source.read)
		}
		if h.Interim > MaxInterim+1 || len(h.Fields) > MaxFields || len(h.Values("Set-Cookie")) > MaxSetCookie || len(h.Malformed) > maxSentences {
			t.Errorf("%s: kept %d fields, %d sentences, %d interim", name, len(h.Fields), len(h.Malformed), h.Interim)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 2<<20 {
			t.Errorf("%s: allocated %d bytes in all", name, spent)
		}
	}
}

func TestOneHundredCookiesAreKeptOfFiveThousand(t *testing.T) {
	text := "HTTP/1.1 200 OK\r\n"
	for i := range 3000 {
		text += fmt.Sprintf("Set-Cookie: c%d=1\r\n", i)
	}
	h, err := readString(text + "Server: last\r\n\r\n")
	want := []string{"more than 100 Set-Cookie fields: the rest is not kept"}
	if diff := cmp.Diff(want, h.Malformed); diff != "" || err != nil || len(h.Values("set-cookie")) != 100 || h.Get("server") != "last" {
		t.Errorf("error %v, %d cookies, server %q, difference (-want +got):\n%s", err, len(h.Values("set-cookie")), h.Get("server"), diff)
	}
}

func FuzzReadHead(f *testing.F) {
	for _, c := range heads {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := ReadHead(bufio.NewReader(strings.NewReader(string(text))))
		if h.Fields == nil && !errors.Is(err, ErrNotHTTP) || h.Malformed == nil {
			t.Fatal("a list is nil")
		}
		if len(h.Malformed) > maxSentences || len(h.Fields) > MaxFields || h.Interim > MaxInterim+1 {
			t.Fatalf("limits do not hold: %+v", h)
		}
		for _, field := range h.Fields {
			if !isToken(field.Name) || strings.ContainsAny(field.Value, "\x00\r\n") || strings.Trim(field.Value, blanks) != field.Value {
				t.Fatalf("field %q holds what no field may hold", field)
			}
		}
		if err != nil {
			return
		}
		again := h.Proto + fmt.Sprintf(" %03d ", h.Status) + h.Reason + "\r\n"
		for _, field := range h.Fields {
			again += field.Name + ": " + field.Value + "\r\n"
		}
		second, err := readString(again + "\r\n")
		if isInterim(h.Status) || err != nil && len(again) > MaxHead-2 || !strings.HasPrefix(strings.ToLower(h.Proto), "http") {
			return
		}
		if diff := cmp.Diff(h.Fields, second.Fields); diff != "" || err != nil {
			t.Fatalf("what was read does not read the same: error %v, difference (-first +second):\n%s", err, diff)
		}
	})
}
