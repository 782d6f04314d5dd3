// Findings as a table for spreadsheets: RFC 4180, UTF-8, one row for every finding
// and place. A spreadsheet takes a cell that begins with =, +, - or @ for a
// formula and runs it; an apostrophe before it makes it text (OWASP ASVS 5.0,
// 1.2.10).

package render

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strconv"
	"strings"
	"time"

	"middlebrick/report"
)

// csvColumns are the columns, which only grow at the end.
var csvColumns = []struct {
	head string
	cell func(report.Report, report.Finding) string
}{
	{"severity", func(_ report.Report, f report.Finding) string { return string(f.Severity) }},
	{"rule", func(_ report.Report, f report.Finding) string { return f.Rule }},
	{"title", func(_ report.Report, f report.Finding) string { return f.Title }},
	{"category", func(_ report.Report, f report.Finding) string { return f.Category }},
	{"state", func(_ report.Report, f report.Finding) string { return f.State }},
	{"new", func(_ report.Report, f report.Finding) string { return strconv.FormatBool(f.New) }},
	{"method", func(r report.Report, _ report.Finding) string { return r.Method }},
	{"apiUrl", func(r report.Report, _ report.Finding) string { return r.APIURL }},
	{"where", func(_ report.Report, f report.Finding) string { return f.Where }},
	{"description", func(_ report.Report, f report.Finding) string { return f.Description }},
	{"means", func(_ report.Report, f report.Finding) string { return f.Means }},
	{"baseSeverity", func(_ report.Report, f report.Finding) string { return string(f.Base) }},
	{"severityBecause", func(_ report.Report, f report.Finding) string { return f.Because }},
	{"platform", func(_ report.Report, f report.Finding) string { return firstPlatform(f) }},
	{"reproduce", func(_ report.Report, f report.Finding) string { return strings.Join(f.Reproduce, " ; ") }},
	{"cwe", func(_ report.Report, f report.Finding) string { return weaknesses(f) }},
	{"owasp", func(_ report.Report, f report.Finding) string { return f.OWASP }},
	{"pci", func(_ report.Report, f report.Finding) string { return strings.Join(f.PCI, " ") }},
	{"fingerprint", func(_ report.Report, f report.Finding) string { return f.ID }},
	{"scanId", func(r report.Report, _ report.Finding) string { return r.ID }},
	{"createdAt", func(r report.Report, _ report.Finding) string { return r.CreatedAt.UTC().Format(time.RFC3339) }},
}

// mostCell bounds a cell, in characters: spreadsheets take 32,767.
const mostCell = 8000

func csvTable(r report.Report, _ Options) ([]byte, error) {
	var out bytes.Buffer
	writer := csv.NewWriter(&out)
	writer.UseCRLF = true
	heads := make([]string, 0, len(csvColumns))
	for _, c := range csvColumns {
		heads = append(heads, c.head)
	}
	if err := writer.Write(heads); err != nil {
		return nil, err
	}
	for _, f := range r.Findings {
		row := make([]string, 0, len(csvColumns))
		for _, c := range csvColumns {
			row = append(row, cell(c.cell(r, f)))
		}
		if err := writer.Write(row); err != nil {
			return nil, err
		}
	}
	writer.Flush()
	return out.Bytes(), writer.Error()
}

// formulas are the characters with which a spreadsheet lets a formula begin, the
// wide ones of East Asian settings among them.
const formulas = "=+-@|%\t\r\n＝＋－＠"

// innerCell is where a cell would begin for a spreadsheet whose settings part cells
// by semicolons, or that does not know our quotes.
var innerCell = regexp.MustCompile(`([;,][ '"]*)([=+\-@＝＋－＠])`)

// cell is a text that no spreadsheet runs and that stays on its line.
func cell(text string) string {
	text = innerCell.ReplaceAllString(said(text, mostCell), "$1'$2")
	if begins := strings.TrimLeft(text, " '\""); begins != "" && strings.ContainsRune(formulas, []rune(begins)[0]) {
		return "'" + text
	}
	return text
}

func firstPlatform(f report.Finding) string {
	if len(f.Fixes) == 0 {
		return ""
	}
	return f.Fixes[0].Platform
}

func weaknesses(f report.Finding) string {
	words := make([]string, 0, len(f.CWE))
	for _, number := range f.CWE {
		words = append(words, "CWE-"+strconv.Itoa(number))
	}
	return strings.Join(words, " ")
}
