// What ReadBody makes of honest, cut and hostile bodies.

package httphead

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// respond reads head and body of one response.
func respond(t *testing.T, method, text string, limit int) (Body, *bufio.Reader) {
	t.Helper()
	r := bufio.NewReader(strings.NewReader(text))
	h, err := ReadHead(r)
	if err != nil {
		t.Fatalf("head of %.60q: %v", text, err)
	}
	b, err := ReadBody(r, h, method, limit)
	if err != nil {
		t.Fatalf("body of %.60q: %v", text, err)
	}
	return b, r
}

const ok, chunked = "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

var bodies = []struct {
	sentence, method, text string
	limit                  int
	want                   Body
	left                   string
}{
	{"a length is obeyed", "GET", ok + "Content-Length: 3\r\n\r\nabcNEXT", 0, Body{Bytes: []byte("abc")}, "NEXT"},
	{"an early end is short", "GET", ok + "Content-Length: 9\r\n\r\nabc", 0,
		Body{Bytes: []byte("abc"), Short: true, Problem: "ended before its content-length"}, ""},
	{"no length runs until close", "GET", ok + "\r\nabc", 0, Body{Bytes: []byte("abc")}, ""},
	{"an invalid length runs until close", "GET", ok + "Content-Length: x\r\n\r\nabc", 0, Body{Bytes: []byte("abc")}, ""},
	{"of two lengths the first counts", "GET", ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 0, Body{Bytes: []byte("ab")}, "c"},
	{"an answer to HEAD has no body", "HEAD", ok + "Content-Length: 3\r\n\r\nNEXT", 0, Body{Bytes: []byte{}}, "NEXT"},
	{"a 304 has no body", "GET", "HTTP/1.1 304 NM\r\nContent-Length: 3\r\n\r\nNEXT", 0, Body{Bytes: []byte{}}, "NEXT"},
	{"a 101 has no body", "GET", "HTTP/1.1 101 SP\r\n\r\nNEXT", 0, Body{Bytes: []byte{}}, "NEXT"},
	{"a tunnel has no body", "CONNECT", ok + "\r\nNEXT", 0, Body{Bytes: []byte{}}, "NEXT"},
	{"the limit truncates a length", "GET", ok + "Content-Length: 5\r\n\r\nabcde", 2,
		Body{Bytes: []byte("ab"), Truncated: true, Problem: "more than 2 bytes"}, "cde"},
	{"the limit truncates until close", "GET", ok + "\r\nabcde", 2,
		Body{Bytes: []byte("ab"), Truncated: true, Problem: "more than 2 bytes"}, "cde"},
	{"a body as long as the limit is whole", "GET", ok + "\r\nab", 2, Body{Bytes: []byte("ab")}, ""},
	{"chunks are joined, trailers dropped", "GET", chunked + "2;x=y\r\nab\r\n1 \r\nc\r\n0\r\nT: r\r\n\r\nNEXT", 0, Body{Bytes: []byte("abc")}, "NEXT"},
	{"chunked goes before a length", "GET", ok + "Content-Length: 1\r\nTransfer-Encoding: Chunked\r\n\r\n3\nabc\n0\n\nNEXT", 0, Body{Bytes: []byte("abc")}, "NEXT"},
	{"a coding that does not end in chunked runs until close", "GET", ok + "Transfer-Encoding: x\r\n\r\n3\r\n", 0, Body{Bytes: []byte("3\r\n")}, ""},
	{"a missing last chunk is short", "GET", chunked + "3\r\nabc\r\n", 0,
		Body{Bytes: []byte("abc"), Short: true, Problem: "ended inside the chunked coding"}, ""},
	{"a cut chunk is short", "GET", chunked + "5\r\nabc", 0, Body{Bytes: []byte("abc"), Short: true, Problem: "ended inside a chunk"}, ""},
	{"a chunk without its line end is short", "GET", chunked + "3\r\nabc", 0, Body{Bytes: []byte("abc"), Short: true, Problem: "ended after a chunk"}, ""},
	{"a missing trailer loses nothing", "GET", chunked + "3\r\nabc\r\n0\r\n", 0, Body{Bytes: []byte("abc")}, ""},
	{"a lying chunk size ends the body", "GET", chunked + "2\r\nabc\r\n0\r\n\r\n", 0,
		Body{Bytes: []byte("ab"), Short: true, Problem: "chunk is longer than its size"}, "0\r\n\r\n"},
	{"a chunk size in words ends the body", "GET", chunked + "2\r\nab\r\nfour\r\n", 0,
		Body{Bytes: []byte("ab"), Short: true, Problem: "chunk size is not a hexadecimal number"}, ""},
	{"a negative chunk size ends the body", "GET", chunked + "-1\r\n", 0,
		Body{Bytes: []byte{}, Short: true, Problem: "chunk size is not a hexadecimal number"}, ""},
	{"a chunk size of 80 bits ends the body", "GET", chunked + "fffffffffffffffffff\r\n", 0,
		Body{Bytes: []byte{}, Short: true, Problem: "chunk size is not a hexadecimal number"}, ""},
	{"the limit truncates a chunk", "GET", chunked + "5\r\nabcde\r\n0\r\n\r\n", 2,
		Body{Bytes: []byte("ab"), Truncated: true, Problem: "more than 2 bytes"}, "cde\r\n0\r\n\r\n"},
}

func TestBodiesEndWhereTheirFramingSays(t *testing.T) {
	for _, c := range bodies {
		got, r := respond(t, c.method, c.text, c.limit)
		left, _ := io.ReadAll(r)
		if diff := cmp.Diff(c.want, got); diff != "" || string(left) != c.left {
			t.Errorf("%s: left %q, difference (-want +got):\n%s", c.sentence, left, diff)
		}
	}
}

func TestOversizedExtensionsEndTheBody(t *testing.T) {
	one := "1;" + strings.Repeat("x", 3000) + "\r\na\r\n"
	got, _ := respond(t, "GET", chunked+strings.Repeat(one, 50), 0)
	want := Body{Bytes: []byte("aaaaa"), Short: true, Problem: "chunk extensions outweigh the content"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
	got, _ = respond(t, "GET", chunked+"1;"+strings.Repeat("x", 5000)+"\r\na\r\n", 0)
	want = Body{Bytes: []byte{}, Short: true, Problem: "chunk line of more than 4096 bytes"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
}

func TestTenThousandTinyChunksAreNoAttack(t *testing.T) {
	got, _ := respond(t, "GET", chunked+strings.Repeat("1\r\na\r\n", 10000)+"0\r\n\r\n", 0)
	if diff := cmp.Diff(Body{Bytes: bytes.Repeat([]byte("a"), 10000)}, got); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
}

func TestStalledPetabyteCostsOnlyWhatArrived(t *testing.T) {
	h := Head{Proto: "HTTP/1.1", Status: 200, Fields: []Field{{"Content-Length", "1000000000000000"}}}
	r := bufio.NewReader(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(os.ErrDeadlineExceeded)))
	got, err := ReadBody(r, h, "GET", 0)
	want := Body{Bytes: []byte("abc"), Short: true, Problem: "ended before its content-length"}
	if diff := cmp.Diff(want, got); diff != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("error %v, difference (-want +got):\n%s", err, diff)
	}
	if cap(got.Bytes) > 4<<10 {
		t.Errorf("kept room for %d bytes", cap(got.Bytes))
	}
}

func TestInfiniteBodyEndsAtOneMebibyte(t *testing.T) {
	for _, field := range []Field{{"X", "y"}, {"Content-Length", "999999999999"}} {
		source := &endless{text: "x"}
		got, err := ReadBody(bufio.NewReader(source), Head{Status: 200, Fields: []Field{field}}, "GET", 0)
		if err != nil || len(got.Bytes) != MaxBody || cap(got.Bytes) != MaxBody || !got.Truncated || got.Short {
			t.Errorf("%v: error %v, %d bytes in room for %d, %+v", field, err, len(got.Bytes), cap(got.Bytes), got.Problem)
		}
		if source.read > MaxBody+8<<10 {
			t.Errorf("%v: read %d bytes from the wire", field, source.read)
		}
	}
}

func compress(t *testing.T, coding string, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var z io.WriteCloser
	switch coding {
	case "gzip":
		z = gzip.NewWriter(&out)
	case "deflate":
		z = zlib.NewWriter(&out)
	default:
		z, _ = flate.NewWriter(&out, 9)
	}
	_, err := z.Write(plain)
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func decoded(t *testing.T, coding string, content []byte) Body {
	t.Helper()
	got, _ := respond(t, "GET", fmt.Sprintf("%sContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", ok, coding, len(content), content), 0)
	return got
}

func TestOneCodingIsUndone(t *testing.T) {
	page := []byte(strings.Repeat("<p>page</p>", 500))
	for _, c := range []struct {
		header  string
		content []byte
		want    Body
	}{
		{"gzip", compress(t, "gzip", page), Body{Bytes: page, Encoding: "gzip", Decoded: true}},
		{"X-GZIP, identity", compress(t, "gzip", page), Body{Bytes: page, Encoding: "x-gzip", Decoded: true}},
		{"deflate", compress(t, "deflate", page), Body{Bytes: page, Encoding: "deflate", Decoded: true}},
		{"deflate", compress(t, "raw", page), Body{Bytes: page, Encoding: "deflate", Decoded: true}},
		{"gzip", append(compress(t, "gzip", page), "junk after it"...), Body{Bytes: page, Encoding: "gzip", Decoded: true}},
		{"gzip", []byte("plain"), Body{Bytes: []byte("plain"), Encoding: "gzip", Problem: "content is not gzip"}},
		{"gzip", []byte{}, Body{Bytes: []byte{}, Encoding: "gzip", Decoded: true}},
		{"br", []byte("\x0b"), Body{Bytes: []byte("\x0b"), Encoding: "br", Problem: `content coding "br" is not undone`}},
		{"gzip, gzip", []byte("z"), Body{Bytes: []byte("z"), Encoding: "gzip, gzip", Problem: "more than one content coding: none undone"}},
		{"identity", page, Body{Bytes: page}},
	} {
		got := decoded(t, c.header, c.content)
		if diff := cmp.Diff(c.want, got); diff != "" || got.Plain() != (c.want.Problem == "") {
			t.Errorf("%s: plain %v, difference (-want +got):\n%s", c.header, got.Plain(), diff)
		}
	}
}

func TestCutCompressionGivesWhatCameBefore(t *testing.T) {
	page := []byte(strings.Repeat("<p>page</p>", 500))
	whole := compress(t, "gzip", page)
	got := decoded(t, "gzip", whole[:len(whole)-4])
	want := Body{Bytes: page, Encoding: "gzip", Decoded: true, Short: true, Problem: "gzip content ends early"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
	whole[len(whole)-5] ^= 1
	want.Problem = "gzip content is damaged"
	if diff := cmp.Diff(want, decoded(t, "gzip", whole)); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
}

func TestBombsStopAtRatioAndCap(t *testing.T) {
	for name, size := range map[string]int{"ratio": 1 << 20, "cap": 32 << 20} {
		bomb := compress(t, "gzip", make([]byte, size))
		got := decoded(t, "gzip", bomb)
		most := min(MaxDecoded, MaxRatio*len(bomb))
		problem := fmt.Sprintf("decoded content is more than %d bytes from %d on the wire", most, len(bomb))
		want := Body{Bytes: make([]byte, most), Encoding: "gzip", Decoded: true, Truncated: true, Problem: problem}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: difference (-want +got):\n%.300s", name, diff)
		}
	}
}

func FuzzReadBody(f *testing.F) {
	for _, c := range bodies {
		f.Add(c.method, []byte(c.text), c.limit)
	}
	f.Add("GET", []byte(ok+"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), 100)
	f.Fuzz(func(t *testing.T, method string, text []byte, limit int) {
		r := bufio.NewReader(bytes.NewReader(text))
		h, _ := ReadHead(r)
		b, err := ReadBody(r, h, method, limit)
		if err != nil || b.Bytes == nil || len(b.Bytes) > MaxDecoded {
			t.Fatalf("error %v, %d bytes", err, len(b.Bytes))
		}
		if !b.Decoded && len(b.Bytes) > len(text) {
			t.Fatalf("%d bytes from a text of %d", len(b.Bytes), len(text))
		}
		if (b.Truncated || b.Short) && b.Problem == "" {
			t.Fatal("a loss without its reason")
		}
	})
}
