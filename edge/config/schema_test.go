// The schema and the reader say the same of every key.

package config

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema([]string{"encryption", "ssrf"}, []string{"critical", "high"})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid is what the schema says of a YAML text. A day is a text to JSON.
func valid(t *testing.T, s *jsonschema.Schema, source string) error {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(source), &root); err != nil {
		t.Fatal(err)
	}
	days(&root)
	var doc any
	if err := root.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

func days(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		days(child)
	}
}

func TestSchemaAndReaderAgree(t *testing.T) {
	s := compiled(t)
	for source, right := range map[string]bool{
		whole:                               true,
		"threshold: 80":                     true,
		"threshold: high":                   false,
		"thresholds: {ssrf: 1}":             true,
		"threshold: 80\nthresold: 1":        false,
		"fail-on: [high]":                   false,
		"ask-ca: maybe":                     false,
		"parallel: 2.5":                     false,
		"rate: 2.5":                         true,
		"timeout: 60":                       true,
		"url: https://a.test":               false,
		"policy: []":                        false,
		"policy: pci-dss":                   true,
		"targets: []":                       false,
		"targets:\n- name: a":               false,
		"targets:\n- url: https://a.b/":     true,
		"ignore:":                           true,
		"ignore:\n- rule: encryption.a":     false,
		"ignore:\n- fingerprint: abc":       false,
		"targets:\n- {url: x, tragets: []}": false,
		"targets:\n- {url: x, headers: {A: {env: B}}}":                  true,
		"targets:\n- {url: x, headers: {A: {evn: B}}}":                  false,
		"targets:\n- {url: x, identities: [{name: a}]}":                 true,
		"targets:\n- {url: x, identities: [{nmae: a}]}":                 false,
		"ignore:\n- {rule: encryption.a, until: 2027-01-01, reason: a}": true,
		"ignore:\n- {until: 2027-01-01, reason: a}":                     false,
	} {
		_, err := Parse("f", []byte(source), words())
		if wrong := valid(t, s, source); (wrong == nil) != right || (err == nil) != right {
			t.Errorf("%q: the schema says %v, the reader %v", source, wrong, err)
		}
	}
}

// Every key of the table is read, and has a sentence.
func TestEveryKeyIsExplained(t *testing.T) {
	for _, k := range keys {
		if k.says == "" {
			t.Errorf("%s is not explained", k.name)
		}
	}
}
