// Writing mail: one text and one HTML part, with nothing fetched from afar.

package notify

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

const mostSubject = 160

//go:embed mail.html
var mailPage string

// page fills in the HTML part. html/template escapes by where a text stands.
var page = template.Must(template.New("mail").Parse(mailPage))

// letter is the message as mail. Writing the same message twice gives the same
// bytes, so that a second attempt is the same letter.
func (box Outbox) letter(m *Mail, about Message, id string, now time.Time) (*mail.Msg, error) {
	about = about.Cleaned()
	w := wordsOf(about)
	text := textOf(w)
	var html strings.Builder
	if err := page.Execute(&html, pageOf(w)); err != nil {
		return nil, err
	}
	msg := mail.NewMsg(mail.WithBoundary("part_"+id[:min(len(id), 60)]), mail.WithNoDefaultUserAgent())
	if err := msg.From(m.From); err != nil {
		return nil, err
	}
	if err := msg.To(m.To...); err != nil {
		return nil, err
	}
	msg.Subject(subjectOf(w, about))
	msg.SetDateWithValue(now.UTC())
	msg.SetMessageIDWithValue(id + "@" + box.host())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's out-of-office answers this
	msg.SetGenHeader(mail.HeaderXAutoResponseSuppress, "All")
	msg.SetGenHeaderPreformatted("List-Id", "middlebrick alerts <alerts."+box.host()+">")
	if box.Agent != "" {
		msg.SetUserAgent(clean(box.Agent, mostName))
	}
	if o := about.Monitor; o != nil && identity.MatchString(o.ID) {
		// Letters of one monitor stand together in a mail reader.
		msg.SetGenHeader(mail.HeaderReferences, "<monitor-"+o.ID+"@"+box.host()+">")
	}
	msg.SetBodyString(mail.TypeTextPlain, text)
	msg.AddAlternativeString(mail.TypeTextHTML, html.String())
	return msg, nil
}

// subjectOf is "[middlebrick] HIGH api.acme.example: 2 new findings". Cleaned text
// has no line ends, so nothing can begin a header of its own.
func subjectOf(w wording, m Message) string {
	where := ""
	if m.Target != nil && m.Target.Host != "" {
		where = m.Target.Host + ": "
	}
	_, word, _ := strings.Cut(w.level.tag(), " ")
	return clip(fmt.Sprintf("[middlebrick] %s %s%s", word, where, w.headline), mostSubject)
}

// textOf is the message as plain text.
func textOf(w wording) string {
	var out strings.Builder
	paragraph := func(text string) {
		if text != "" {
			out.WriteString(text + "\n\n")
		}
	}
	paragraph(w.level.tag() + "  " + w.headline)
	paragraph(w.target)
	paragraph(w.sentence)
	var facts []string
	for _, f := range w.facts {
		facts = append(facts, f.label+": "+f.value)
	}
	paragraph(strings.Join(facts, "\n"))
	var findings []string
	for _, f := range w.findings {
		findings = append(findings, strings.TrimSpace(fmt.Sprintf("%s  %s\n   %s %s", level(f.Severity).tag(), f.Title, f.Rule, f.Where)))
	}
	if w.omitted > 0 {
		findings = append(findings, moreFindings(w.omitted))
	}
	paragraph(strings.Join(findings, "\n"))
	for _, l := range w.links {
		out.WriteString(l.text + ": " + l.url + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// sheet is what the template reads.
type sheet struct {
	Title, Colour, Tag, Target, Sentence, More string
	Facts                                      []row
	Findings                                   []item
	Links                                      []row
}

type row struct{ Label, Value string }

type item struct{ Colour, Tag, Title, Rule, Where, Link string }

func pageOf(w wording) sheet {
	s := sheet{Title: w.headline, Colour: w.level.colour(), Tag: w.level.tag(), Target: w.target, Sentence: w.sentence}
	for _, f := range w.facts {
		s.Facts = append(s.Facts, row{f.label, f.value})
	}
	for _, f := range w.findings {
		l := level(f.Severity)
		s.Findings = append(s.Findings, item{l.colour(), l.tag(), f.Title, f.Rule, f.Where, f.Link})
	}
	if w.omitted > 0 {
		s.More = moreFindings(w.omitted)
	}
	for _, l := range w.links {
		s.Links = append(s.Links, row{l.text, l.url})
	}
	return s
}
