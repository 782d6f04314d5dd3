// How a reading ends, and what it costs.

package tlshello

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// old is a hello whose answer needs no keys.
func old() Client {
	return Client{Version: TLS12, Suites: []Suite{0x002F, 0xC02F, 0x0033}, RenegotiationInfo: true}
}

// endless repeats a record after a beginning, for ever.
func endless(beginning, again string) io.Reader {
	return io.MultiReader(strings.NewReader(beginning), &repeater{text: again})
}

type repeater struct {
	text string
	at   int
}

func (r *repeater) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

// counter counts what is taken from a reader.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// outcome is the end of a reading: the kind, why, and how the error is.
type outcome struct {
	Kind    Kind
	Why     string // Detail without the words that every one has, or the alert
	Garbled bool   // the error is ErrGarbled
	Err     bool
}

func TestFaultsEndInTimeAndAreNamed(t *testing.T) {
	for name, test := range faults(t) {
		t.Run(name, func(t *testing.T) {
			in := &counter{r: test.stream}
			answer, err := ReadAnswer(in, test.client, UntilDone)
			why := strings.TrimPrefix(answer.Detail, "garbled answer: ")
			if answer.Alert != nil {
				why = answer.Alert.String()
			}
			got := outcome{answer.Kind, why, errors.Is(err, ErrGarbled), err != nil}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if in.n > test.most {
				t.Errorf("read %d bytes, want at most %d", in.n, test.most)
			}
		})
	}
}

func TestReaderErrorsComeThrough(t *testing.T) {
	hello := serverHelloOf(t, helloSpec{version: TLS12, suite: 0x002F})
	for kind, stream := range map[Kind]string{KindNothing: "", KindGarbled: hello[:30], KindServerHello: hello} {
		for _, cause := range []error{os.ErrDeadlineExceeded, errors.New("connection reset")} {
			answer, err := ReadAnswer(io.MultiReader(strings.NewReader(stream), iotest.ErrReader(cause)), old(), UntilDone)
			if answer.Kind != kind || !errors.Is(err, cause) {
				t.Errorf("%v: %v, want %v: %v", answer.Kind, err, kind, cause)
			}
		}
	}
	if _, err := ReadAnswer(strings.NewReader(hello), old(), UntilDone); !errors.Is(err, io.EOF) {
		t.Errorf("an end between records: %v", err)
	}
	if _, err := ReadAnswer(strings.NewReader(hello[:30]), old(), UntilDone); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an end within a record: %v", err)
	}
}

func TestTooLargeIsToldFromGarbled(t *testing.T) {
	hello := serverHelloOf(t, helloSpec{version: TLS12, suite: 0x002F})
	for stream, want := range map[string]bool{"\x0b\x05\xF1\x00": true, "\x0b\x00\x00\x01x": false} {
		_, err := ReadAnswer(strings.NewReader(hello+record(22, stream)), old(), UntilDone)
		if errors.Is(err, ErrTooLarge) != want || !errors.Is(err, ErrGarbled) {
			t.Errorf("%x: %v", stream, err)
		}
	}
}

func TestBytesAreReadOneByOneToTheSameEnd(t *testing.T) {
	flight := helloMessage(t, helloSpec{version: TLS12, suite: 0x002F}) +
		message(11, "\x00\x00\x07\x00\x00\x04leaf") + message(14, "")
	whole, err := ReadAnswer(strings.NewReader(record(22, flight)), old(), UntilDone)
	if err != nil {
		t.Fatal(err)
	}
	var fragments strings.Builder // D06: legal, and read
	for _, b := range []byte(flight) {
		fragments.WriteString(record(22, string([]byte{b})))
	}
	for name, r := range map[string]io.Reader{
		"one byte a record": strings.NewReader(fragments.String()),
		"one byte a read":   iotest.OneByteReader(strings.NewReader(record(22, flight))),
		"error with data":   iotest.DataErrReader(strings.NewReader(record(22, flight))),
	} {
		got, err := ReadAnswer(r, old(), UntilDone)
		if diff := cmp.Diff(whole, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestNoByteBeyondTheStageIsRead(t *testing.T) {
	hello := serverHelloOf(t, helloSpec{version: TLS12, suite: 0x002F})
	certificate := record(22, message(11, "\x00\x00\x07\x00\x00\x04leaf"))
	done := record(22, message(14, ""))
	flight := hello + certificate + done
	for stage, want := range map[Stage]int{
		UntilServerHello: len(hello), UntilCertificate: len(hello + certificate), UntilDone: len(flight),
	} {
		in := &counter{r: strings.NewReader(flight + "more")}
		if _, err := ReadAnswer(in, old(), stage); err != nil || in.n != want {
			t.Errorf("%s: read %d bytes, want %d: %v", stage, in.n, want, err)
		}
	}
}

// allocated is how many bytes one reading takes from the heap.
func allocated(read func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestClaimsCostNoMemory(t *testing.T) {
	hello := serverHelloOf(t, helloSpec{version: TLS12, suite: 0x002F})
	claim := hello + record(22, "\x0b\x04\x00\x00") // 256 KiB, of which nothing comes
	got := allocated(func() { _, _ = ReadAnswer(strings.NewReader(claim), old(), UntilDone) })
	if got > 32<<10 {
		t.Errorf("a claim of 256 KiB took %d bytes", got)
	}
	flood := &repeater{text: record(22, strings.Repeat("\x00", 16000))}
	stream := io.MultiReader(strings.NewReader(claim), flood)
	if got := allocated(func() { _, _ = ReadAnswer(stream, old(), UntilDone) }); got > 4<<20 {
		t.Errorf("a message of 256 KiB took %d bytes", got)
	}
}

func TestResumptionEndsTheFlight(t *testing.T) {
	c := old()
	c.SessionID = bytes.Repeat([]byte{7}, 32)
	stream := serverHelloOf(t, helloSpec{version: TLS12, suite: 0x002F, sessionID: c.SessionID}) + record(20, "\x01")
	got, err := ReadAnswer(strings.NewReader(stream), c, UntilDone)
	if err != nil || !got.Resumed || got.Kind != KindServerHello {
		t.Errorf("%v %+v", err, got)
	}
	stream = serverHelloOf(t, helloSpec{version: TLS12, suite: 0x002F}) +
		record(22, message(11, "\x00\x00\x00")) + record(20, "\x01")
	if got, err := ReadAnswer(strings.NewReader(stream), c, UntilDone); !errors.Is(err, ErrGarbled) || got.Resumed {
		t.Errorf("%v %+v", err, got)
	}
}
