// Tests of letters: their headers, their two parts, and that hostile texts stay
// texts.

package notify_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"middlebrick/edge/notify"
)

// sheet is a letter that was read back.
type sheet struct {
	header  mail.Header
	subject string
	text    string
	html    string
}

func written(m notify.Message) (string, error) {
	box := notify.Outbox{Host: "mb.acme.example", Agent: "middlebrick/test"}
	return notify.Letter(box, letterbox(notify.StartTLS), m, "msg_1", at())
}

func readBack(text string) (sheet, error) {
	msg, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		return sheet{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		return sheet{}, err
	}
	_, parameters, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		return sheet{}, err
	}
	s := sheet{header: msg.Header, subject: subject}
	parts := multipart.NewReader(msg.Body, parameters["boundary"])
	for _, into := range []*string{&s.text, &s.html} {
		part, err := parts.NextRawPart()
		if err != nil {
			return sheet{}, err
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return sheet{}, err
		}
		*into = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
	return s, nil
}

func TestLettersAreAsTheyWere(t *testing.T) {
	for name, m := range map[string]notify.Message{"alert": alert(), "hostile": hostile()} {
		text, err := written(m)
		if err != nil {
			t.Fatal(err)
		}
		s, err := readBack(text)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(text, "\r\n\r\n")
		golden(t, name+".mail.head", strings.ReplaceAll(head, "\r\n", "\n")+"\n")
		golden(t, name+".mail.txt", s.text)
		golden(t, name+".mail.html", s.html)
	}
}

func TestWritingALetterTwiceGivesTheSameBytes(t *testing.T) {
	first, err := written(alert())
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := written(alert()); again != first {
		t.Error("they differ")
	}
}

// elements of the template; an attribute or element beyond these came out of a
// stranger's text.
var elements = map[string]bool{"html": true, "head": true, "meta": true, "title": true, "body": true, "div": true, "p": true, "h1": true, "h2": true,
	"table": true, "tbody": true, "tr": true, "th": true, "td": true, "ul": true, "li": true, "strong": true, "a": true, "br": true, "span": true}

func strangeness(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && !elements[n.Data] {
			found = append(found, "<"+n.Data+">")
		}
		for _, a := range n.Attr {
			if a.Key == "src" || strings.HasPrefix(a.Key, "on") || a.Key == "href" && !strings.HasPrefix(a.Val, "https://") ||
				a.Key == "style" && strings.Contains(a.Val, "url(") {
				found = append(found, a.Key+"="+a.Val)
			}
		}
	}
	return found
}

func TestLettersHoldNoMoreThanTheTemplate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := written(anyMessage(t))
		if err != nil {
			t.Fatal(err)
		}
		s, err := readBack(text)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(s.subject, unicode.IsControl) || notify.Units(s.subject) > 160 || len(s.header) > 14 {
			t.Fatalf("%d headers, subject %q", len(s.header), s.subject)
		}
		if found := strangeness(s.html); len(found) > 0 {
			t.Fatal(found)
		}
		if strings.ContainsFunc(strings.ReplaceAll(s.text, "\n", ""), unicode.IsControl) {
			t.Fatalf("%q", s.text)
		}
		for line := range bytes.Lines([]byte(text)) {
			if len(line) > 1000 || bytes.ContainsFunc(line, func(r rune) bool { return r > unicode.MaxASCII }) {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
	})
}

func TestHostileLetterHasOneRecipient(t *testing.T) {
	text, err := written(hostile())
	if err != nil {
		t.Fatal(err)
	}
	s, err := readBack(text)
	if err != nil {
		t.Fatal(err)
	}
	if s.header.Get("Bcc") != "" || s.header.Get("To") != "<ana@acme.example>" || s.header.Get("References") != "" {
		t.Errorf("%v", s.header)
	}
}
