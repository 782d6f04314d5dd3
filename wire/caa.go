// Asking the DNS who may issue certificates for a name (RFC 8659).

package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"

	"middlebrick/observe"
)

const (
	mostCAA     = 50 // records that are kept of one answer
	mostServers = 3
	queryTime   = 2 * time.Second
	ednsSize    = 1232 // bytes of an answer over UDP that no network breaks up
)

// errResolver is a resolver that answered, and with no answer.
var errResolver = errors.New("the resolver could not answer")

// CAA asks the resolvers for the CAA records that stand at one name, over UDP and
// where the answer does not fit over TCP. No record is an answer too; a resolver
// that fails is none.
func (w *Wire) CAA(ctx context.Context, name string) ([]observe.CAARecord, observe.Ref, *observe.Gap) {
	servers, failed := w.nameservers()
	if failed != nil {
		return nil, "", failed
	}
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, w.opts.Limits.DNS)
	defer cancel()
	question := new(dns.Msg)
	question.SetQuestion(dns.Fqdn(name), dns.TypeCAA)
	question.SetEdns0(ednsSize, false)
	var answer *dns.Msg
	var err error
	var server string
	for _, server = range servers {
		if answer, err = w.query(ctx, server, question); err == nil || ctx.Err() != nil {
			break
		}
	}
	e := observe.Exchange{At: begun.UTC(), TookMS: time.Since(begun).Milliseconds(), Address: server, About: "CAA of " + visible(name),
		Sent: visible(dns.Fqdn(name)) + " IN CAA", Ended: "answered", Reproduce: "dig " + quote(name) + " CAA"}
	if err != nil {
		failed = resolverGap(err, "asking for the CAA records of "+visible(name))
		e.Ended = string(failed.Why)
		return nil, w.rec.Exchange("dns", e), failed
	}
	records := caaRecords(answer)
	e.Received = answerText(answer)
	return records, w.rec.Exchange("dns", e), nil
}

// nameservers are the resolvers of this machine. Where the caller has names
// resolved in a way of its own, the machine's resolvers know nothing about them.
func (w *Wire) nameservers() ([]string, *observe.Gap) {
	if len(w.opts.Nameservers) > 0 {
		return w.opts.Nameservers, nil
	}
	if !w.opts.machine {
		return nil, &observe.Gap{Why: observe.Unasked, Detail: "names are not resolved by this machine's resolvers"}
	}
	config, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil || len(config.Servers) == 0 {
		return nil, &observe.Gap{Why: observe.Local, Detail: "this machine names no resolver in /etc/resolv.conf"}
	}
	var servers []string
	for _, server := range config.Servers[:min(mostServers, len(config.Servers))] {
		servers = append(servers, net.JoinHostPort(server, config.Port))
	}
	return servers, nil
}

// query asks twice over UDP, which may lose a packet, and once over TCP where the
// answer says that it was cut (RFC 7766 section 5).
func (w *Wire) query(ctx context.Context, server string, question *dns.Msg) (*dns.Msg, error) {
	client := &dns.Client{Net: "udp", Timeout: queryTime, UDPSize: ednsSize}
	answer, err := w.queryBy(ctx, client, server, question)
	if err != nil && ctx.Err() == nil {
		answer, err = w.queryBy(ctx, client, server, question)
	}
	if err == nil && answer.Truncated {
		answer, err = w.queryBy(ctx, &dns.Client{Net: "tcp", Timeout: queryTime}, server, question)
	}
	if err != nil {
		return nil, err
	}
	return decided(answer)
}

func (w *Wire) queryBy(ctx context.Context, client *dns.Client, server string, question *dns.Msg) (*dns.Msg, error) {
	w.mu.Lock()
	w.cost.Beyond.Queries++
	w.mu.Unlock()
	answer, _, err := client.ExchangeContext(ctx, question, server)
	return answer, err
}

// decided tells an answer from a resolver's failure: that a name does not exist is
// an answer (RFC 2308 section 2.1).
func decided(answer *dns.Msg) (*dns.Msg, error) {
	if answer.Rcode == dns.RcodeSuccess || answer.Rcode == dns.RcodeNameError {
		return answer, nil
	}
	return nil, fmt.Errorf("%w: %s", errResolver, dns.RcodeToString[answer.Rcode])
}

func resolverGap(err error, doing string) *observe.Gap {
	if errors.Is(err, errResolver) {
		return &observe.Gap{Why: observe.Garbled, Detail: doing + ": " + err.Error()}
	}
	return gap(err, doing)
}

// caaRecords are those of the answer, at the end of whatever aliases lead there
// (RFC 8659 section 3).
func caaRecords(answer *dns.Msg) []observe.CAARecord {
	records := []observe.CAARecord{}
	for _, rr := range answer.Answer {
		caa, ok := rr.(*dns.CAA)
		if ok && len(records) < mostCAA {
			records = append(records, observe.CAARecord{Critical: caa.Flag&0x80 != 0, Tag: shortened(strings.ToLower(caa.Tag)), Value: shortened(caa.Value)})
		}
	}
	return records
}

func shortened(text string) string {
	text = visible(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) > 256 {
		text = strings.ToValidUTF8(text[:253], "") + "…"
	}
	return text
}

func answerText(answer *dns.Msg) string {
	lines := []string{dns.RcodeToString[answer.Rcode]}
	for _, rr := range answer.Answer[:min(len(answer.Answer), mostCAA)] {
		lines = append(lines, shortened(strings.ReplaceAll(rr.String(), "\t", " ")))
	}
	return strings.Join(lines, "\n")
}
