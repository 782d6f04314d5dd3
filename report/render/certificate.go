// What stands around the certificate, in lines: whether it was revoked, whether it
// was logged, and who may issue for the name.

package render

import (
	"fmt"

	"middlebrick/observe"
)

// standing are the lines below the chain; none where nothing was looked at.
func (v view) standing() (lines []string) {
	if r := v.TLS.Revocation; r != nil && r.Read {
		lines = append(lines, revocation(*r))
	}
	if t := v.TLS.Timestamps; t != nil && !t.Absent && (t.Public || len(t.Seen) > 0) {
		lines = append(lines, timestamps(*t))
	}
	if c := v.TLS.CAA; c != nil && c.Absent == "" {
		lines = append(lines, issuers(*c))
	}
	return lines
}

func revocation(r observe.Revocation) string {
	for _, answer := range r.Answers {
		if answer.Status != "" {
			return fmt.Sprintf("revocation: %s, says the %s of %s", answer.Status, answer.Source, answer.ThisUpdate.Format("2006-01-02"))
		}
	}
	switch {
	case len(r.OCSPURLs)+len(r.CRLURLs) == 0 && len(r.Answers) == 0:
		return "revocation: the certificate names nobody to ask"
	case !r.Permitted:
		return "revocation: not asked (--ask-ca asks the authority)"
	}
	return "revocation: nobody could tell"
}

func timestamps(t observe.Timestamps) string {
	counting := 0
	for _, one := range t.Seen {
		if one.Result == observe.TimestampValid || one.Result == observe.TimestampRetired {
			counting++
		}
	}
	if t.List == "" {
		return fmt.Sprintf("certificate timestamps: %d, not verified for want of a list of logs", len(t.Seen))
	}
	return fmt.Sprintf("certificate timestamps: %d, of which %d count by the %s", len(t.Seen), counting, t.List)
}

func issuers(c observe.CAA) string {
	if len(c.Records) == 0 {
		return "CAA: no record, every authority may issue"
	}
	text := ""
	for _, record := range c.Records {
		if record.Tag == "issue" {
			text += " " + record.Value
		}
	}
	if text == "" {
		text = " no issue record"
	}
	return "CAA of " + c.At + ":" + text
}
