// The message as every channel tells it: cut to size, with nothing in it that
// could not be printed.

package notify

import "time"

// Cleaned is the message with every text on one line, without control
// characters, and cut; with at most ten findings, the rest counted in Omitted.
// Doing it twice changes nothing.
func (m Message) Cleaned() Message {
	m.At, m.Since = moment(m.At), moment(m.Since)
	m.Sentence = clean(m.Sentence, mostSentence)
	m.Omitted = max(0, m.Omitted) + max(0, len(m.Findings)-mostFindings)
	m.Findings = each(m.Findings, mostFindings, Finding.cleaned)
	m.Reasons = each(m.Reasons, mostReasons, func(r Reason) Reason {
		return Reason{Cause(clean(string(r.Cause), mostWord)), r.Times}
	})
	m.Target = changed(m.Target, func(t Target) Target {
		return Target{clean(t.Host, mostHost), clean(t.URL, mostURL)}
	})
	m.Monitor = changed(m.Monitor, func(o Monitor) Monitor {
		return Monitor{clean(o.ID, mostID), clean(o.Name, mostName)}
	})
	m.Scan = changed(m.Scan, Scan.cleaned)
	m.Before, m.After = changed(m.Before, Standing.cleaned), changed(m.After, Standing.cleaned)
	m.Certificate, m.Previous = changed(m.Certificate, Certificate.cleaned), changed(m.Previous, Certificate.cleaned)
	m.Links = Links{safeLink(m.Links.Report), safeLink(m.Links.Compare), safeLink(m.Links.Monitor), safeLink(m.Links.Settings)}
	return m
}

func (f Finding) cleaned() Finding {
	f.Rule, f.Title, f.Where = clean(f.Rule, mostRule), clean(f.Title, mostTitle), clean(f.Where, mostWhere)
	if !f.Severity.Known() {
		f.Severity = "info"
	}
	f.Link = safeLink(f.Link)
	return f
}

func (s Scan) cleaned() Scan {
	s.ID, s.Status, s.Error = clean(s.ID, mostID), clean(s.Status, mostWord), clean(s.Error, mostSentence)
	s.CompletedAt = changed(s.CompletedAt, moment)
	return s
}

func (s Standing) cleaned() Standing {
	return Standing{s.Score, clean(s.Grade, 4)}
}

func (c Certificate) cleaned() Certificate {
	c.Subject, c.Issuer = clean(c.Subject, mostDN), clean(c.Issuer, mostDN)
	c.Fingerprint = clean(c.Fingerprint, mostID)
	c.NotAfter = moment(c.NotAfter)
	return c
}

// moment is the time to the second and in UTC: what a receiver reads back equals
// what was sent.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func changed[T any](value *T, change func(T) T) *T {
	if value == nil {
		return nil
	}
	after := change(*value)
	return &after
}

func each[T any](values []T, most int, change func(T) T) []T {
	kept := make([]T, 0, min(len(values), most))
	for _, v := range values[:min(len(values), most)] {
		kept = append(kept, change(v))
	}
	return kept
}
