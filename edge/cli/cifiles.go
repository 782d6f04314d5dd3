// What the GitHub Action hands to later steps: report files and outputs.

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"middlebrick/edge/ci"
	"middlebrick/report"
	"middlebrick/report/render"
)

// byExtension is the format of a report by the name of its file; any other is
// JSON.
var byExtension = map[string]string{
	".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".txt": "summary", ".html": "html", ".htm": "html", ".pdf": "pdf",
	".md": "markdown", ".sarif": "sarif", ".xml": "junit", ".csv": "csv",
}

// keep writes the report files. A SARIF file is written for a verdict alone: one
// without results would close every alert.
func (c *ciRun) keep() {
	for _, s := range c.scans {
		path := c.path(c.plan.report, s.report, "json")
		format, known := byExtension[strings.ToLower(filepath.Ext(path))]
		if !known {
			format = "json"
		}
		if err := c.writeReport(path, format, s); err != nil {
			c.fault(err)
			continue
		}
		c.reports = append(c.reports, path)
	}
	for _, s := range c.scans {
		if c.plan.sarif == "" || s.gate.Exit != exitPassed && s.gate.Exit != exitFailed {
			continue
		}
		path := c.path(c.plan.sarif, s.report, "sarif")
		if err := c.writeReport(path, "sarif", s); err != nil {
			c.fault(err)
			continue
		}
		c.sarif = append(c.sarif, path)
	}
}

// path is where the report of a target is written: the file that was asked for,
// or with several targets one beside it for each.
func (c *ciRun) path(asked string, r report.Report, ending string) string {
	if truth[strings.ToLower(asked)] {
		asked = ""
	}
	switch {
	case asked == "":
		return filepath.Join(c.job.Temp, "middlebrick", ci.Slug(r)+"."+ending)
	case len(c.scans) == 1 && !strings.HasSuffix(asked, "/"):
		return asked
	}
	extension := filepath.Ext(asked)
	if extension == "" {
		return filepath.Join(asked, ci.Slug(r)+"."+ending)
	}
	return strings.TrimSuffix(asked, extension) + "-" + ci.Slug(r) + extension
}

// writeReport writes one file, whole or not at all, and never an empty one.
func (c *ciRun) writeReport(path, format string, s ciScan) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	file, err := openPending(path)
	if err != nil {
		return fmt.Errorf("opening report: %w", err)
	}
	err = render.Write(file, format, s.report, render.Options{
		All: true, Gate: &s.gate, Explain: c.engine.Explain, Place: outputFlags{sarifLocation: c.plan.place}.place(s.report.APIURL),
	})
	if info, bad := file.Stat(); err == nil && bad == nil && info.Mode().IsRegular() && info.Size() == 0 {
		err = errors.New("nothing was written")
	}
	if err := errors.Join(err, file.keep(err == nil)); err != nil {
		return fmt.Errorf("writing report to %s: %w", path, err)
	}
	return nil
}

// outputs are the action's outputs. With several targets the score is the
// lowest and the findings are all; a score that is missing makes none.
func (c *ciRun) outputs() []ci.Output {
	score, grade, count := c.lowest()
	var ids []string
	var reports []report.Report
	for _, s := range c.scans {
		ids = append(ids, s.report.ID)
		reports = append(reports, s.report)
	}
	result, whole := ci.Result(reports)
	if !whole {
		c.notice("result: the report is too large for an output and is cut; the whole of it is in report-path")
	}
	url := ""
	if len(c.scans) > 0 {
		url = c.job.URL()
	}
	values := map[string]string{
		"score": score, "grade": grade, "findings-count": count, "scan-id": strings.Join(ids, "\n"), "result": result,
		"outcome": outcome(c.exit), "report-url": url, "report-path": strings.Join(c.reports, "\n"), "sarif-path": c.sarifPath(),
	}
	all := make([]ci.Output, 0, len(ciOutputs))
	for _, name := range ciOutputs {
		all = append(all, ci.Output{Name: name, Value: values[name]})
	}
	return all
}

// sarifPath is a file, or with several of them the folder that holds them: that
// is what the step that uploads them takes. It is "" where one target has no
// verdict.
func (c *ciRun) sarifPath() string {
	switch {
	case len(c.sarif) == 0 || len(c.sarif) < len(c.scans) || c.reason != "":
		return ""
	case len(c.sarif) == 1:
		return c.sarif[0]
	}
	return filepath.Dir(c.sarif[0])
}

func (c *ciRun) lowest() (score, grade, count string) {
	if len(c.scans) == 0 {
		return "", "", ""
	}
	open := 0
	for _, s := range c.scans {
		for _, f := range s.report.Findings {
			if f.State != report.Accepted {
				open++
			}
		}
	}
	count = strconv.Itoa(open)
	unscored := func(s ciScan) bool { return s.report.Overall == nil || s.report.LetterGrade == nil }
	if slices.ContainsFunc(c.scans, unscored) {
		return "", "", count
	}
	least := slices.MinFunc(c.scans, func(x, y ciScan) int { return *x.report.Overall - *y.report.Overall })
	return strconv.Itoa(*least.report.Overall), *least.report.LetterGrade, count
}
