// How the oracle turns what Chromium said into verdicts, and compares.

package webpage_test

import (
	"slices"
	"strings"

	"middlebrick/webpage"
	"middlebrick/weburl"
)

// judged is what Chromium did with one address, gathered from its events.
type judged struct {
	mixed, status, kind, failure string
	arrived                      bool // in clear, at the server
}

// chromium turns the events of one page into verdicts.
func chromium(events []event) map[verdict]bool {
	by := map[string]*judged{}
	at := func(url string) *judged {
		if by[url] == nil {
			by[url] = &judged{}
		}
		return by[url]
	}
	for _, e := range events {
		j := at(strings.TrimSuffix(withoutMark(e.URL), "?"))
		switch {
		case e.Kind == "arrived":
			j.arrived = strings.HasPrefix(e.URL, "http:")
		case e.Status == "MixedContentWarning" && j.status != "":
			// An image at an IP address is warned of first, then blocked.
		case e.Status != "":
			j.status, j.kind = e.Status, e.Kind
		case e.Failure != "":
			j.failure = e.Failure
		case e.Mixed != "":
			j.mixed = e.Mixed
		}
	}
	all := map[verdict]bool{}
	for url, j := range by {
		if strings.HasPrefix(url, "ws:") && j.status == "" {
			continue // no browser fetches anything but a WebSocket from there
		}
		secure := by["https"+strings.TrimPrefix(url, "http")]
		if v, ok := j.verdict(url, secure); ok {
			all[v] = true
		}
	}
	return all
}

func withoutMark(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}

// verdict reads one address; secure is what happened to its https form.
func (j *judged) verdict(url string, secure *judged) (verdict, bool) {
	v := verdict{url: url, class: webpage.Blockable, outcome: webpage.Blocked}
	if j.mixed == "optionally-blockable" {
		v.class = webpage.Upgradable
	}
	switch {
	case j.kind == "Form":
		v.class, v.outcome = webpage.FormTarget, webpage.Warned
	case j.status == "MixedContentAutomaticallyUpgraded":
		v.class, v.outcome = webpage.Upgradable, webpage.Upgraded
		if secure != nil && (secure.failure == "csp" || secure.failure == "origin") {
			v.outcome = webpage.Blocked
		}
	case j.status == "MixedContentBlocked":
	case j.failure == "csp" || j.failure == "origin" || j.failure == "mixed-content":
		return v, j.mixed != "none" && j.mixed != ""
	case j.status == "MixedContentWarning" && j.mixed != "none" || j.kind == "Frame":
		v.outcome = webpage.Warned
	case j.arrived && !insecure(url):
		return v, false
	case j.arrived:
		v.class, v.outcome = webpage.Navigation, webpage.Loaded
	default:
		return v, false
	}
	return v, true
}

func insecure(url string) bool {
	u, err := weburl.Parse(weburl.URL{}, url)
	return err == nil && u.Insecure()
}

// compare lists the verdicts that only one side has. Of ours, those that need
// more than an open page may be missing on the other side.
func compare(p sample, i int, ours []webpage.Load, events []event) string {
	theirs := chromium(events)
	mine, must := map[verdict]bool{}, map[verdict]bool{}
	for _, l := range ours {
		v := verdict{strings.TrimSuffix(withoutMark(l.URL), "?"), l.Class, l.Outcome}
		mine[v] = true
		if l.Certain || l.Class == webpage.FormTarget && l.Attribute == "action" || p.click != "" {
			must[v] = true
		}
	}
	var diff []string
	for v := range must {
		if !theirs[v] {
			diff = append(diff, "ours: "+v.String())
		}
	}
	for v := range theirs {
		if !mine[v] {
			diff = append(diff, "Chromium: "+v.String())
		}
	}
	slices.Sort(diff)
	return strings.ReplaceAll(strings.Join(diff, "\n"), pageID(i), "ID/")
}

// explained are the pages on which Chromium and we differ, how, and why. Each
// must differ still, and just so: one that stops is noticed.
var explained = map[string]struct{ diff, why string }{
	`<form action={a.html} method=dialog></form>`: {
		"Chromium: form warned http://insecure.test/ID/a.html",
		"Chromium warns of the action attribute alone; a dialog's form sends nothing",
	},
	`CSP[form-action 'self']CLICK[#s]<form action={a.html}><input type=submit id=s></form>`: {
		"Chromium: form warned http://insecure.test/ID/a.html\nours: form blocked http://insecure.test/ID/a.html",
		"Chromium warns when it reads the form; the policy then refuses to send it",
	},
	`CSP[sandbox allow-scripts]<img src={a.gif}><script src={c.js}></script><form action={b.html}></form>`: {
		"Chromium: form warned http://insecure.test/ID/b.html\nours: form blocked http://insecure.test/ID/b.html",
		"as above: the sandbox refuses to send it",
	},
	`<iframe src="about:blank"></iframe><iframe src="javascript:'<img src={a.gif}>'"></iframe>`: {
		"Chromium: upgradable upgraded http://insecure.test/ID/a.gif",
		"a javascript: address would have to be run",
	},
	`<script>var a=new FontFace("x","url({a.woff})");a.load().catch(()=>0)</script>`: {
		"Chromium: blockable blocked http://insecure.test/ID/a.woff",
		"a style sheet's syntax in a script's argument is not read",
	},
	`<script src="http://inse cure.test/ID/a.js"></script>`: {
		"Chromium: blockable blocked http://inse%20cure.test/ID/a.js",
		"the URL standard refuses a space in a host; Chromium escapes it and finds no such name",
	},
	`embed, http, upgrade`: {
		"Chromium: blockable blocked http://insecure.test/ID/a.svg",
		"Chromium looks for mixed content in an embedded document before it upgrades; nothing is sent in clear",
	},
}
