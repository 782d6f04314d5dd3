// What the wire promises to those who converse over it.

package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"middlebrick/observe"
)

// talkTo is a wire to a server that is that function, which ends before the test.
func talkTo(t *testing.T, serve func(net.Conn)) (*Wire, *observe.Recorder) {
	var serving sync.WaitGroup
	t.Cleanup(serving.Wait)
	return wireTo(t, "https://api.test/", &fake{}, func(o *Options) {
		o.Dial = func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			serving.Go(func() {
				defer far.Close()
				serve(far)
			})
			return near, nil
		}
	})
}

// ask writes one word and reads one.
func ask(rw io.ReadWriter) error {
	if _, err := io.WriteString(rw, "ping"); err != nil {
		return err
	}
	if _, err := io.ReadFull(rw, make([]byte, 4)); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	return nil
}

func echo(conn net.Conn) {
	word := make([]byte, 4)
	if _, err := io.ReadFull(conn, word); err == nil {
		_, _ = conn.Write(word)
	}
}

func TestConversationIsCountedAndKept(t *testing.T) {
	w, rec := talkTo(t, echo)
	ref, gap := w.Talk(t.Context(), 443, "asking for an echo", ask)
	if gap != nil {
		t.Fatal(gap)
	}
	want := observe.Exchange{Ref: ref, Address: "192.0.2.1:443", About: "asking for an echo", Sent: "70696e67", Received: "70696e67",
		Ended: "answered", Reproduce: "openssl s_client -connect 192.0.2.1:443 -servername api.test </dev/null"}
	got := rec.Finish(false, observe.Cost{}).Exchanges[ref]
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(observe.Exchange{}, "At", "TookMS")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(observe.Cost{Connections: 1, BytesSent: 4, BytesReceived: 4}, w.Cost()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryQuestionOfAConversationHasTheTimeOfAHello(t *testing.T) {
	for name, row := range map[string]struct {
		serve func(net.Conn)
		say   func(io.ReadWriter) error
		took  time.Duration
		why   observe.Why
	}{
		"silence": {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, ask, 5 * time.Second, observe.Timeout},
		"silence before anything was asked": {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
			func(rw io.ReadWriter) error { _, err := rw.Read(make([]byte, 1)); return err }, 5 * time.Second, observe.Timeout},
		"silence after answers": {func(c net.Conn) { time.Sleep(3 * time.Second); echo(c); _, _ = io.Copy(io.Discard, c) },
			func(rw io.ReadWriter) error { return errors.Join(ask(rw), ask(rw)) }, 8 * time.Second, observe.Timeout},
		"drip": {func(c net.Conn) {
			_, _ = io.ReadFull(c, make([]byte, 4))
			for {
				time.Sleep(time.Second)
				if _, err := c.Write([]byte{0}); err != nil {
					return
				}
			}
		}, func(rw io.ReadWriter) error {
			_, _ = io.WriteString(rw, "ping")
			_, err := io.Copy(io.Discard, rw)
			return err
		}, 5 * time.Second, observe.Timeout},
		"endless talk": {func(c net.Conn) {
			for range 3 {
				echo(c)
				time.Sleep(4 * time.Second)
			}
		}, func(rw io.ReadWriter) error {
			for {
				if err := ask(rw); err != nil {
					return err
				}
			}
		}, 10 * time.Second, observe.Timeout},
		"close":       {func(c net.Conn) { _, _ = io.ReadFull(c, make([]byte, 4)) }, ask, 0, observe.Closed},
		"own failure": {echo, func(io.ReadWriter) error { return errors.New("no such thing") }, 0, observe.Garbled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, rec := talkTo(t, row.serve)
				start := time.Now()
				ref, gap := w.Talk(t.Context(), 443, "asking", row.say)
				if gap == nil || gap.Why != row.why || time.Since(start) != row.took {
					t.Errorf("%+v after %v, want %s after %v", gap, time.Since(start), row.why, row.took)
				}
				if kept := rec.Finish(false, observe.Cost{}).Exchanges[ref]; kept.Ended != string(row.why) {
					t.Errorf("kept as %q", kept.Ended)
				}
			})
		})
	}
}

func TestConversationEndsWithTheScan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := talkTo(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		if _, gap := w.Talk(ctx, 443, "asking", ask); gap == nil || gap.Why != observe.Cancelled || time.Since(start) != time.Second {
			t.Errorf("%+v after %v", gap, time.Since(start))
		}
		if _, gap := w.Talk(ctx, 443, "asking", ask); gap == nil || gap.Why != observe.Cancelled {
			t.Errorf("%+v", gap)
		}
	})
}
