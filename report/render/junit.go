// JUnit's XML, for Jenkins and whatever else draws trends of it: one case for
// every rule, the passed ones too, so that a trend means something. Characters
// that XML 1.0 forbids are written out before they come here.

package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"middlebrick/observe"
	"middlebrick/report"
)

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Time     string       `xml:"time,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"` // cases that failed
		Errors     int             `xml:"errors,attr"`
		Time       string          `xml:"time,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Hostname   string          `xml:"hostname,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name     string         `xml:"name,attr"`
		Class    string         `xml:"classname,attr"`
		Time     string         `xml:"time,attr"`
		Skipped  *string        `xml:"skipped"`
		Errors   []junitProblem `xml:"error"`
		Failures []junitProblem `xml:"failure"`
	}
	junitProblem struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// skippedReasons are those of a rule that nobody asked about; any other means that
// the question got no answer.
var skippedReasons = []observe.Why{observe.Unasked, observe.Scope}

// junit is one suite for the target and one case for each of its rules, in the
// order of their ids. What the gate came to is a suite of its own.
func junit(r report.Report, o Options) ([]byte, error) {
	suite := junitSuite{
		Name: "middlebrick " + said(r.Method+" "+r.APIURL, 400), Hostname: said(r.Target.Host, 253),
		Time: seconds(r), Timestamp: r.CreatedAt.UTC().Format("2006-01-02T15:04:05"),
		Properties: junitProperties(r, o), Cases: junitCases(r),
	}
	suite.count()
	all := junitSuites{Name: "middlebrick", Time: suite.Time, Suites: []junitSuite{suite}}
	if word := gateWord(o.Gate); word != "none" {
		all.Suites = append(all.Suites, junitGate(suite, junitClass(r), *o.Gate))
	}
	for _, s := range all.Suites {
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	encoder := xml.NewEncoder(&out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	// No attribute holds a line's end; in text it may stand as it is, for people.
	return runnerSafe(bytes.ReplaceAll(out.Bytes(), []byte("&#xA;"), []byte("\n"))), nil
}

func seconds(r report.Report) string {
	return strconv.FormatFloat(float64(max(0, r.Cost.DurationMS))/1000, 'f', 3, 64)
}

func junitProperties(r report.Report, o Options) []junitProperty {
	score, grade := "none", "none"
	if r.Overall != nil {
		score = strconv.Itoa(*r.Overall)
	}
	if r.LetterGrade != nil {
		grade = said(*r.LetterGrade, 2)
	}
	return []junitProperty{
		{"score", score}, {"grade", grade}, {"answer", said(r.Attack.Answer, 20)}, {"gate", gateWord(o.Gate)}, {"status", said(string(r.Status), 20)},
		{"scan", said(r.ID, 64)}, {"engine", said(r.Engine.Version, 40)},
	}
}

func junitCases(r report.Report) []junitCase {
	cases := map[string]*junitCase{}
	class := junitClass(r)
	of := func(id string) *junitCase {
		name := said(id, 120)
		if cases[name] == nil {
			check, _, _ := strings.Cut(name, ".")
			cases[name] = &junitCase{Name: name, Class: class + check, Time: "0"}
		}
		return cases[name]
	}
	for _, id := range r.Passed {
		of(id)
	}
	for _, id := range r.NotApplicable {
		of(id).skip("not applicable to this target")
	}
	for _, n := range r.NotTested {
		of(n.Rule).notTested(n)
	}
	for _, f := range r.Findings {
		of(f.Rule).found(f)
	}
	out := make([]junitCase, 0, len(cases))
	for _, c := range cases {
		if len(c.Failures)+len(c.Errors) > 0 {
			c.Skipped = nil
		}
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b junitCase) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// junitClass is the target as a package of classes, so that several targets in one
// job do not share their cases.
func junitClass(r report.Report) string { return strings.ReplaceAll(slug(r), ".", "_") + "." }

func (c *junitCase) skip(why string) { c.Skipped = &why }

func (c *junitCase) notTested(n report.NotTested) {
	reason, detail := said(string(n.Reason), 40), said(orElse(n.Detail, string(n.Reason)), 1000)
	if slices.Contains(skippedReasons, n.Reason) {
		c.skip("not tested: " + detail)
		return
	}
	c.Errors = append(c.Errors, junitProblem{reason, detail, "Inconclusive: the target gave no answer that could be judged (" + reason + "). " + detail})
}

func (c *junitCase) found(f report.Finding) {
	if f.State == report.Accepted {
		why := "accepted"
		if f.Acceptance != nil {
			why = said("accepted until "+f.Acceptance.Until+": "+f.Acceptance.Reason, 500)
		}
		c.skip(why)
		return
	}
	c.Failures = append(c.Failures, junitProblem{said(string(f.Severity), 20), said(f.Title, 200) + ": " + said(f.Description, 500), card(f)})
}

// card is a finding in lines of plain text.
func card(f report.Finding) string {
	lines := []string{"", "[" + strings.ToUpper(said(string(f.Severity), 20)) + "] " + said(f.Rule, 120) + ": " + said(f.Title, 200)}
	add := func(label, text string, most int) {
		if text != "" {
			lines = append(lines, pad(label, 8)+said(text, most))
		}
	}
	add("Where", f.Where, 500)
	add("Saw", f.Description, 2000)
	add("Rated", f.Because, 500)
	add("Means", f.Means, 1000)
	for _, command := range f.Reproduce[:min(2, len(f.Reproduce))] {
		add("Check", command, 500)
	}
	if len(f.Fixes) > 0 {
		add("Fix", "for "+f.Fixes[0].Platform+":", 60)
		lines = append(lines, saidLines(f.Fixes[0].Text, 4000))
	}
	add("More", "middlebrick explain "+f.Rule, 200)
	return strings.Join(lines, "\n") + "\n"
}

// junitGate is the gate as one case.
func junitGate(of junitSuite, class string, g Gate) junitSuite {
	c := junitCase{Name: "gate", Class: class + "gate", Time: "0"}
	why := said(strings.Join(g.Reasons, "; "), 1000)
	switch g.Outcome {
	case "pass":
	case "fail":
		c.Failures = []junitProblem{{"gate", why, fmt.Sprintf("The gate failed (exit %d): %s", g.Exit, why)}}
	default:
		c.Errors = []junitProblem{{"no verdict", why, fmt.Sprintf("There is no verdict (exit %d): %s", g.Exit, why)}}
	}
	suite := junitSuite{Name: of.Name + " gate", Hostname: of.Hostname, Time: "0", Timestamp: of.Timestamp, Properties: of.Properties, Cases: []junitCase{c}}
	suite.count()
	return suite
}

func (s *junitSuite) count() {
	for _, c := range s.Cases {
		s.Tests++
		switch {
		case len(c.Failures) > 0:
			s.Failures++
		case len(c.Errors) > 0:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

// commandLine is what the runner of GitHub Actions would obey at the start of a
// line.
var commandLine = regexp.MustCompile(`(?m)^(\s*):`)

// runnerSafe writes what a CI log would obey as character references: it is the
// same document to every reader of XML.
func runnerSafe(document []byte) []byte {
	document = commandLine.ReplaceAll(document, []byte("$1&#58;"))
	return bytes.ReplaceAll(document, []byte("##["), []byte("#&#35;["))
}
