// A target that stops answering in the middle of a scan, and one that bears only
// one connection at a time: what was not answered is not known, and never "not
// offered".

package scan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
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
