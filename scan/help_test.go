// What the tests of whole scans share.

package scan_test

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"strconv"
	"testing"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/target"
	"middlebrick/testbed/lab"
)

// host is the name under which every test's server goes. It is no localhost,
// for clients treat that as trustworthy (FLASK.md 1.14).
const host = "app.test"

// request is a scan of that URL with its name pinned to loopback.
func request(t testing.TB, address string) scan.Request {
	t.Helper()
	parsed, err := target.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return scan.Request{Target: parsed, Pins: []scan.Pin{{Host: parsed.Host, Addr: netip.MustParseAddr("127.0.0.1")}}}
}

// of is a scan of a server of the laboratory: of its https form where it has
// one, with its http form beside it.
func of(t testing.TB, s *lab.Server, path string) scan.Request {
	t.Helper()
	if s.TLS == "" {
		return request(t, "http://"+host+":"+port(t, s.Plain)+path)
	}
	req := request(t, "https://"+host+":"+port(t, s.TLS)+path)
	if s.Plain != "" {
		req.Target.HTTPPort, _ = strconv.Atoi(port(t, s.Plain))
	}
	return req
}

func port(t testing.TB, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// look runs a scan and judges it, and holds every one of them to two laws: judging
// the file gives the live report, byte for byte, and nobody changes an observation.
func look(t testing.TB, req scan.Request) (*observe.Recording, report.Report) {
	t.Helper()
	rec, err := scan.Run(context.Background(), req, func(scan.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	live := scan.Judge(rec, req.Rules)
	if altered := rec.Altered(); len(altered) > 0 {
		t.Errorf("a probe or a rule changed what all share: %v", altered)
	}
	var file bytes.Buffer
	if err := rec.Write(&file); err != nil {
		t.Fatal(err)
	}
	read, err := observe.Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	again := scan.Judge(read, req.Rules)
	if a, b := marshal(t, live), marshal(t, again); !bytes.Equal(a, b) {
		t.Errorf("judging the file differs from judging live:\n%s\n%s", a, b)
	}
	return rec, live
}
