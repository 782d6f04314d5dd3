// The one layer of content coding that is undone, and its bounds.

package httphead

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
)

// decoders open a coding over bytes; browsers send Accept-Encoding for more than
// these, we ask for these alone.
var decoders = map[string]func(*bufio.Reader) (io.Reader, error){
	"gzip":    openGzip,
	"x-gzip":  openGzip,
	"deflate": openDeflate,
}

// decode undoes one coding. What cannot be undone stays as it came.
func (b *Body) decode() {
	if b.Encoding == "" || len(b.Bytes) == 0 {
		b.Decoded = b.Encoding != ""
		return
	}
	open, known := decoders[b.Encoding]
	if !known {
		b.say("%s", undecodable(b.Encoding))
		return
	}
	plain, err := open(bufio.NewReader(bytes.NewReader(b.Bytes)))
	if err != nil {
		b.say("content is not %s", b.Encoding)
		return
	}
	most := min(MaxDecoded, max(ratioFloor, MaxRatio*len(b.Bytes)))
	decoded, err := io.ReadAll(io.LimitReader(plain, int64(most)+1))
	if err != nil && len(decoded) == 0 {
		b.say("content is not %s", b.Encoding)
		return
	}
	if len(decoded) > most {
		decoded = decoded[:most]
		b.Truncated = true
		b.say("decoded content is more than %d bytes from %d on the wire", most, len(b.Bytes))
	}
	if err != nil && !b.Truncated {
		b.Short = true
		b.say("%s content %s", b.Encoding, howBroken(err))
	}
	b.Bytes, b.Decoded = decoded, true
}

func howBroken(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "ends early"
	}
	return "is damaged"
}

func undecodable(encoding string) string {
	if strings.Contains(encoding, ",") {
		return "more than one content coding: none undone"
	}
	return "content coding " + shown(encoding) + " is not undone"
}

// openGzip reads the first member and leaves what follows it, as Chromium does.
func openGzip(r *bufio.Reader) (io.Reader, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return z, nil
}

// openDeflate takes zlib, which RFC 9110 section 8.4.1.2 means by deflate, and
// raw deflate, which some servers send and all browsers read.
func openDeflate(r *bufio.Reader) (io.Reader, error) {
	head, err := r.Peek(2)
	if err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}
