// Asking for CAA records, of a real DNS server on this machine.

package wire

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"middlebrick/observe"
)

// nameserver answers from a zone, over UDP and TCP on one port.
func nameserver(t *testing.T, handle dns.HandlerFunc) string {
	t.Helper()
	packets, stream := bothOn(t)
	var ready, ended sync.WaitGroup
	t.Cleanup(ended.Wait)
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: handle}, {Listener: stream, Handler: handle}} {
		ready.Add(1)
		server.NotifyStartedFunc = ready.Done
		ended.Go(func() { _ = server.ActivateAndServe() })
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	ready.Wait()
	return packets.LocalAddr().String()
}

// zone is what the server knows, by name.
var zone = map[string][]string{
	"shop.test.":     {`shop.test. 60 IN CAA 0 issue "letsencrypt.org; validationmethods=dns-01"`, `shop.test. 60 IN CAA 0 issuewild ";"`, `shop.test. 60 IN CAA 128 iodef "mailto:x@shop.test"`},
	"critical.test.": {`critical.test. 60 IN CAA 128 TBS "unknown"`},
	"alias.test.":    {`alias.test. 60 IN CNAME shop.test.`, `shop.test. 60 IN CAA 0 issue "pki.goog"`},
	"bare.test.":     {`bare.test. 60 IN CNAME nowhere.test.`},
	"hostile.test.":  {`hostile.test. 60 IN CAA 0 issue "\027[2J\000<script>"`},
}

func answering(t *testing.T) dns.HandlerFunc {
	return func(out dns.ResponseWriter, asked *dns.Msg) {
		answer := new(dns.Msg)
		answer.SetReply(asked)
		name := asked.Question[0].Name
		overUDP := out.RemoteAddr().Network() == "udp"
		switch {
		case name == "servfail.test.":
			answer.Rcode = dns.RcodeServerFailure
		case name == "refused.test.":
			answer.Rcode = dns.RcodeRefused
		case name == "silent.test.":
			return
		case name == "nothere.test.":
			answer.Rcode = dns.RcodeNameError
		case name == "long.test." && overUDP:
			answer.Truncated = true
		case name == "long.test.":
			for i := range 200 {
				answer.Answer = append(answer.Answer, record(t, fmt.Sprintf(`long.test. 60 IN CAA 0 issue "ca%d.test"`, i)))
			}
		case name == "garbled.test.":
			_, _ = out.Write([]byte{1, 2, 3})
			return
		}
		for _, text := range zone[name] {
			answer.Answer = append(answer.Answer, record(t, text))
		}
		_ = out.WriteMsg(answer)
	}
}

func record(t *testing.T, text string) dns.RR {
	rr, err := dns.NewRR(text)
	if err != nil {
		t.Errorf("%s: %v", text, err)
	}
	return rr
}

func TestRecordsAreReadAsTheDNSGivesThem(t *testing.T) {
	at := nameserver(t, answering(t))
	for name, want := range map[string][]observe.CAARecord{
		"shop.test":     {{Tag: "issue", Value: "letsencrypt.org; validationmethods=dns-01"}, {Tag: "issuewild", Value: ";"}, {Critical: true, Tag: "iodef", Value: "mailto:x@shop.test"}},
		"critical.test": {{Critical: true, Tag: "tbs", Value: "unknown"}},
		"alias.test":    {{Tag: "issue", Value: "pki.goog"}},
		"bare.test":     {},
		"nothere.test":  {},
		"empty.test":    {},
	} {
		w, rec := consulting(t, publicTarget, nil, nil, func(o *Options) { o.Nameservers = []string{at} })
		got, ref, gap := w.CAA(t.Context(), name)
		if diff := cmp.Diff(want, got); diff != "" || gap != nil || ref != "dns/0001" {
			t.Errorf("%s: %v, %s (-want +got):\n%s", name, gap, ref, diff)
		}
		cost := w.Cost()
		if cost.Beyond.Queries != 1 || cost.Connections != 0 {
			t.Errorf("%s: cost %+v", name, cost)
		}
		e := rec.Finish(false, cost).Exchanges["dns/0001"]
		if e.Address != at || e.Ended != "answered" || e.Reproduce != "dig '"+name+"' CAA" {
			t.Errorf("%s: kept %+v", name, e)
		}
	}
}

func TestAnswerThatDoesNotFitIsAskedForOverTCP(t *testing.T) {
	w, _ := consulting(t, publicTarget, nil, nil, func(o *Options) { o.Nameservers = []string{nameserver(t, answering(t))} })
	got, _, gap := w.CAA(t.Context(), "long.test")
	if gap != nil || len(got) != mostCAA || w.Cost().Beyond.Queries != 2 {
		t.Errorf("%d records, %v, %+v", len(got), gap, w.Cost().Beyond)
	}
}

func TestResolverThatFailsIsNoAnswer(t *testing.T) {
	at := nameserver(t, answering(t))
	for name, want := range map[string]observe.Why{"servfail.test": observe.Garbled, "refused.test": observe.Garbled, "silent.test": observe.Timeout, "garbled.test": observe.Timeout} {
		w, _ := consulting(t, publicTarget, nil, nil, func(o *Options) {
			o.Nameservers, o.Limits.DNS = []string{at}, 300*time.Millisecond
		})
		got, _, gap := w.CAA(t.Context(), name)
		if gap == nil || len(got) > 0 || gap.Why != want && !(name == "garbled.test" && gap.Why == observe.Garbled) {
			t.Errorf("%s: %v, %v", name, got, gap)
		}
	}
}

func TestNextResolverIsAskedWhereOneFails(t *testing.T) {
	failing := nameserver(t, func(out dns.ResponseWriter, asked *dns.Msg) {
		answer := new(dns.Msg)
		_ = out.WriteMsg(answer.SetRcode(asked, dns.RcodeServerFailure))
	})
	w, _ := consulting(t, publicTarget, nil, nil, func(o *Options) { o.Nameservers = []string{failing, nameserver(t, answering(t))} })
	if got, _, gap := w.CAA(t.Context(), "shop.test"); gap != nil || len(got) != 3 {
		t.Errorf("%v, %v", got, gap)
	}
}

func TestHostileRecordsAreKeptHarmless(t *testing.T) {
	w, rec := consulting(t, publicTarget, nil, nil, func(o *Options) { o.Nameservers = []string{nameserver(t, answering(t))} })
	got, _, _ := w.CAA(t.Context(), "hostile.test")
	kept := fmt.Sprint(got, rec.Finish(false, w.Cost()).Exchanges["dns/0001"])
	if strings.ContainsAny(kept, "\x1b\x00") {
		t.Errorf("%q", kept)
	}
}

// TestForeignResolversAreNotAskedUnbidden: whoever resolves names in a way of his
// own has his reasons.
func TestForeignResolversAreNotAskedUnbidden(t *testing.T) {
	w, _ := consulting(t, publicTarget, nil, nil, nil)
	if _, _, gap := w.CAA(t.Context(), "shop.test"); gap == nil || gap.Why != observe.Unasked || w.Cost().Beyond.Queries != 0 {
		t.Errorf("%v, %+v", gap, w.Cost().Beyond)
	}
}

// bothOn listens over UDP and TCP on one port, the first that is free for both.
func bothOn(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 50 {
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		stream, err := net.Listen("tcp", packets.LocalAddr().String())
		if err == nil {
			return packets, stream
		}
		packets.Close()
	}
	t.Fatal("no port is free for both")
	return nil, nil
}
