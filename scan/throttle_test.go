// A target that stops answering in the middle of a scan, and one that bears only
// one connection at a time: what was not answered is not known, and never "not
// offered".

package scan_test

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/testbed/quirk"
	"middlebrick/tlshello"
)

// truth is what the quirk's twin, a server that has nothing wrong, accepts.
func truth(t *testing.T) (versions observe.Versions, suites observe.Suites) {
	t.Helper()
	against(t, "none", quirk.Options{Secure: true}, func(t *testing.T, s seen) {
		versions, _, _ = observe.Get(s.rec, observe.TLSVersions)
		suites, _, _ = observe.Get(s.rec, observe.TLSSuites)
	})
	return versions, suites
}

func TestServerThatFallsSilentIsThrottled(t *testing.T) {
	versions, suites := truth(t)
	if !versions[tlshello.TLS12].Accepted() || !suites.Versions[tlshello.TLS12].Complete {
		t.Fatal("the twin without a fault was not read completely")
	}
	for _, name := range []string{"throttled", "throttled-reset"} {
		for _, count := range []int{1, 3, 5, 10, 15, 20, 25, 30, 40} {
			t.Run(fmt.Sprintf("%s after %d", name, count), func(t *testing.T) {
				against(t, name, quirk.Options{Secure: true, Count: count}, func(t *testing.T, s seen) {
					honest(t, s, versions, suites)
					if s.took > 40*time.Second {
						t.Errorf("took %v", s.took)
					}
				})
			})
		}
	}
}

// honest holds that what was found is true, and that what was not is not denied.
func honest(t *testing.T, s seen, versions observe.Versions, suites observe.Suites) {
	t.Helper()
	found, _, _ := observe.Get(s.rec, observe.TLSVersions)
	for version, answer := range found {
		if answer.Result != observe.Silent && answer.Result != versions[version].Result {
			t.Errorf("%s: %s (%s), and the truth is %s", version, answer.Result, answer.Detail, versions[version].Result)
		}
	}
	lists, _, _ := observe.Get(s.rec, observe.TLSSuites)
	cut := false
	for version, list := range lists.Versions {
		if list.Complete {
			if diff := cmp.Diff(names(suites.Versions[version]), names(list)); diff != "" {
				t.Errorf("%s is called complete and is not (-truth +found):\n%s", version, diff)
			}
		}
		cut = cut || !list.Complete
	}
	if cut && s.report.Overall != nil && *s.report.Overall > 60 {
		t.Errorf("suites are not all known, and a grade of %d was given", *s.report.Overall)
	}
}

func names(list observe.SuiteList) []string {
	all := []string{}
	for _, one := range list.Suites {
		all = append(all, one.Suite.String())
	}
	return all
}

func TestServerOfOneConnectionIsReadCompletely(t *testing.T) {
	versions, suites := truth(t)
	against(t, "one-at-a-time", quirk.Options{Secure: true}, func(t *testing.T, s seen) {
		honest(t, s, versions, suites)
		lists, _, gap := observe.Get(s.rec, observe.TLSSuites)
		if gap != nil || !lists.Versions[tlshello.TLS12].Complete {
			t.Errorf("TLS 1.2's suites are not all known: %v %+v", gap, lists.Versions[tlshello.TLS12])
		}
	})
}

// A late connection brings its first answer late.
type late struct {
	net.Conn
	by time.Duration
}

func (c *late) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	time.Sleep(c.by)
	c.by = 0
	return n, err
}

// strain scans a server that has nothing wrong, whose connections from the tenth to
// the nineteenth bring their answers late, one by one, and gives the time of the scan.
func strain(t *testing.T, by time.Duration, strained func() bool) (took time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		_, dial := quirk.Pipe(t, "none", quirk.Options{Secure: true, Pair: pair})
		var dials atomic.Int64
		req := request(t, "https://"+host+"/")
		req.Strained, req.Parallel = strained, 1
		req.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			raw, err := dial(ctx, network, address)
			if n := dials.Add(1); err == nil && n >= 10 && n < 20 {
				return &late{Conn: raw, by: by}, nil
			}
			return raw, err
		}
		begun := time.Now()
		if _, err := scan.Run(context.Background(), req, func(scan.Event) {}); err != nil {
			t.Fatal(err)
		}
		took = time.Since(begun)
	})
	return took
}

// TestStrainOfThisMachineDoesNotSlowTheScanDown holds that ten late answers cost no
// more than themselves while this machine is behind. A target as slow is spared.
func TestStrainOfThisMachineDoesNotSlowTheScanDown(t *testing.T) {
	const by = 600 * time.Millisecond
	steady := strain(t, 0, nil)
	ours := strain(t, by, func() bool { return true })
	theirs := strain(t, by, nil)
	if most := steady + 10*by; ours > most || theirs <= most {
		t.Errorf("%v became %v when this machine was behind, and %v when the target was; want at most %v, and more", steady, ours, theirs, most)
	}
}
