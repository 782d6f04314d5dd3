// Reading a policy, and saying exactly what is wrong with one.

package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"middlebrick/tlshello"
)

// Parse reads a policy. Errors name the field and how to mend it; name is what
// they, and the result where the file has no name of its own, call the policy.
func Parse(name string, text []byte) (Policy, error) {
	var doc document
	if err := decode(text, &doc); err != nil {
		return Policy{}, fmt.Errorf("reading policy %s: %w", name, err)
	}
	p := Policy{
		Name: doc.Name, Title: doc.Title, Version: doc.Version, Date: doc.Date, Source: doc.Source, Note: doc.Note,
		doc: doc, suites: map[tlshello.Version][]tlshello.Suite{},
	}
	if p.Name == "" {
		p.Name = name
	}
	if p.Title == "" {
		p.Title = p.Name
	}
	for _, read := range []func(*Policy) error{(*Policy).readVersions, (*Policy).readSuites, (*Policy).readGroups, (*Policy).readSchemes, (*Policy).readWords, (*Policy).readNumbers} {
		if err := read(&p); err != nil {
			return Policy{}, fmt.Errorf("reading policy %s: %w", name, err)
		}
	}
	if reflect.DeepEqual(sections(doc), document{}) {
		return Policy{}, fmt.Errorf("reading policy %s: it asks for nothing; give it at least one section, for example \"versions\": {\"allowed\": [\"TLS 1.3\"]}", name)
	}
	return p, nil
}

// sections is the document without what merely names it.
func sections(doc document) document {
	doc.Name, doc.Title, doc.Version, doc.Date, doc.Source, doc.Note = "", "", "", "", "", ""
	return doc
}

// decode is strict: a misspelt field would ask for nothing and pass everybody.
func decode(text []byte, doc *document) error {
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	err := in.Decode(doc)
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d is no JSON: %w", line(text, syntax.Offset), err)
	case errors.As(err, &wrong) && wrong.Field == "":
		return fmt.Errorf("it is %s where a JSON object is wanted", article(wrong.Value))
	case errors.As(err, &wrong):
		return fmt.Errorf("line %d: %s is %s where %s is wanted", line(text, wrong.Offset), wrong.Field, article(wrong.Value), article(kindOf(wrong.Type)))
	case err != nil && strings.Contains(err.Error(), "unknown field"):
		field := strings.Trim(err.Error()[strings.LastIndex(err.Error(), " ")+1:], `"`)
		at := max(0, bytes.Index(text, []byte(`"`+field+`"`)))
		return fmt.Errorf("line %d: there is no field %q; the fields are listed by `middlebrick policies --schema`", line(text, int64(at)), field)
	case err != nil:
		return fmt.Errorf("it is no JSON object: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("line %d: something follows the policy's closing brace; one file holds one policy", line(text, in.InputOffset()))
	}
	return nil
}

func line(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(int64(len(text)), offset)], []byte("\n"))
}

func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String, reflect.Bool:
		return t.Kind().String()
	case reflect.Slice:
		return "list"
	case reflect.Int, reflect.Int64:
		return "whole number"
	}
	return "object"
}

func article(kind string) string {
	if strings.ContainsAny(kind[:1], "aeio") {
		return "an " + kind
	}
	return "a " + kind
}

// words resolves names by their own readers, and names the one that is wrong.
func words[T any](field string, names []string, read func(string) (T, bool), mend string) ([]T, error) {
	var list []T
	for i, name := range names {
		value, ok := read(name)
		if !ok {
			return nil, fmt.Errorf("%s[%d]: %.80q is none that is known; %s", field, i, name, mend)
		}
		list = append(list, value)
	}
	return list, nil
}

const (
	versionMend = "write SSLv2, SSLv3, TLS 1.0, TLS 1.1, TLS 1.2 or TLS 1.3"
	suiteMend   = "write the name in IANA's registry, for example TLS_AES_128_GCM_SHA256"
	groupMend   = "write the name in IANA's registry, for example x25519 or secp256r1"
	schemeMend  = "write the name in IANA's registry, for example ecdsa_secp256r1_sha256"
)

func versionNamed(name string) (tlshello.Version, bool) {
	i := slices.IndexFunc(tlshello.Versions(), func(v tlshello.Version) bool { return v.String() == name })
	if i < 0 {
		return 0, false
	}
	return tlshello.Versions()[i], true
}

func suiteNamed(name string) (tlshello.Suite, bool) {
	var s tlshello.Suite
	err := s.UnmarshalText([]byte(name))
	_, known := s.Info()
	return s, err == nil && known
}

func groupNamed(name string) (tlshello.Group, bool) {
	var g tlshello.Group
	err := g.UnmarshalText([]byte(name))
	_, known := g.Info()
	return g, err == nil && known
}

func schemeNamed(name string) (tlshello.SignatureScheme, bool) {
	var s tlshello.SignatureScheme
	err := s.UnmarshalText([]byte(name))
	_, known := s.Info()
	return s, err == nil && known
}

func (p *Policy) readVersions() (err error) {
	if p.doc.Versions == nil {
		return nil
	}
	if p.versions.allowed, err = words("versions.allowed", p.doc.Versions.Allowed, versionNamed, versionMend); err != nil {
		return err
	}
	if p.versions.required, err = words("versions.required", p.doc.Versions.Required, versionNamed, versionMend); err != nil {
		return err
	}
	for _, v := range p.versions.required {
		if len(p.versions.allowed) > 0 && !slices.Contains(p.versions.allowed, v) {
			return fmt.Errorf("versions.required: %s is required and not allowed; add it to versions.allowed", v)
		}
	}
	return nil
}

func (p *Policy) readSuites() error {
	for name, asked := range p.doc.Suites {
		version, ok := versionNamed(name)
		if !ok {
			return fmt.Errorf("suites: %.80q is no version; %s", name, versionMend)
		}
		field := fmt.Sprintf("suites.%q.allowed", name)
		list, err := words(field, asked.Allowed, suiteNamed, suiteMend)
		if err != nil {
			return err
		}
		for i, suite := range list {
			if !slices.Contains(tlshello.Suites(version), suite) {
				return fmt.Errorf("%s[%d]: %s cannot be chosen at %s; move it to its own version", field, i, suite, version)
			}
		}
		p.suites[version] = list
	}
	return nil
}

func (p *Policy) readGroups() (err error) {
	if p.doc.Groups == nil {
		return nil
	}
	if p.groups.allowed, err = words("groups.allowed", p.doc.Groups.Allowed, groupNamed, groupMend); err != nil {
		return err
	}
	p.groups.anyOf, err = words("groups.anyOf", p.doc.Groups.AnyOf, groupNamed, groupMend)
	return err
}

func (p *Policy) readSchemes() (err error) {
	if p.doc.Schemes != nil {
		p.schemes, err = words("signatureSchemes.allowed", p.doc.Schemes.Allowed, schemeNamed, schemeMend)
	}
	return err
}

// readWords looks at the fields that have but a few words to choose from.
func (p *Policy) readWords() error {
	if o := p.doc.Preference; o != nil && o.Order != "client" && o.Order != "server" {
		return fmt.Errorf("preference.order: %.80q is neither client nor server", o.Order)
	}
	if s := p.doc.Strength; s != nil {
		for i, word := range s.Forbidden {
			if kindNamed(word) == nil {
				return fmt.Errorf("strength.forbidden[%d]: %.80q is none that is known; write one of %s", i, word, strings.Join(kindWords(), ", "))
			}
		}
	}
	if k := p.doc.Key; k != nil {
		_, err := words("certificateKey.curves", k.Curves, groupNamed, groupMend)
		return err
	}
	return nil
}

// readNumbers refuses what can only be a slip.
func (p *Policy) readNumbers() error {
	d := p.doc
	for _, n := range []struct {
		field string
		asked bool
		value int64
		least int64
		most  int64
	}{
		{"strength.minimumBits", d.Strength != nil && len(d.Strength.Forbidden) == 0, int64(get(d.Strength).MinimumBits), 1, 256},
		{"finiteField.minimumBits", d.FiniteField != nil, int64(get(d.FiniteField).MinimumBits), 512, 16384},
		{"certificateLifetime.maximumDays", d.Lifetime != nil, int64(get(d.Lifetime).MaximumDays), 1, 3650},
		{"hsts.minimumSeconds", d.HSTS != nil, get(d.HSTS).MinimumSeconds, 1, 1 << 40},
		{"certificateKey.rsaBits", d.Key != nil && get(d.Key).RSABits != 0, int64(get(d.Key).RSABits), 512, 16384},
	} {
		if n.asked && (n.value < n.least || n.value > n.most) {
			return fmt.Errorf("%s: %d is not from %d to %d", n.field, n.value, n.least, n.most)
		}
	}
	return nil
}

func get[T any](p *T) (zero T) {
	if p == nil {
		return zero
	}
	return *p
}
