// The JSON Schema of the configuration file, written from the table of keys, for
// editors that complete and check while one types.

package config

import (
	"encoding/json"

	"middlebrick/report/standing"
)

type object = map[string]any

// Schema is the JSON Schema (2020-12) of the file. Checks and severities are the
// words that it offers.
func Schema(checks, severities []string) ([]byte, error) {
	d := describer{checks, severities}
	root := d.section(true)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "urn:middlebrick:config:1"
	root["title"] = "middlebrick configuration"
	return json.MarshalIndent(root, "", "  ")
}

type describer struct{ checks, severities []string }

func (d describer) section(top bool) object {
	properties := object{}
	for _, k := range keys {
		if k.stands(top) {
			properties[k.name] = d.described(k)
		}
	}
	for other, name := range plural {
		if k, _ := find(name); k.stands(top) {
			properties[other] = object{"description": "another spelling of " + name, "$ref": "#/$defs/" + name}
		}
	}
	s := object{"type": "object", "additionalProperties": false, "properties": properties}
	if !top {
		s["required"] = []string{"url"}
		return s
	}
	defs := object{"ignore": ignoreSchema(), "headers": headersSchema()}
	for _, name := range plural {
		k, _ := find(name)
		defs[name] = d.form(k)
	}
	s["$defs"] = defs
	return s
}

func (d describer) described(k key) object {
	form := d.form(k)
	form["description"] = k.says
	return form
}

func (d describer) form(k key) object {
	one := object{"type": "string", "minLength": 1}
	score := object{"type": "integer", "minimum": 0, "maximum": 100}
	switch k.kind {
	case integer:
		return object{"type": "integer", "minimum": 0}
	case number:
		return object{"type": "number", "minimum": 0}
	case percent:
		return object{"anyOf": []object{score, {"type": "string", "pattern": "^[0-9]{1,3} *%?$"}}}
	case boolean:
		return object{"type": "boolean"}
	case texts, paths, policies:
		return object{"anyOf": []object{one, {"type": "array", "items": one, "minItems": 1}}}
	case thresholds:
		each := object{overall: score}
		for _, check := range d.checks {
			each[check] = score
		}
		return object{"anyOf": []object{score, {"type": "object", "properties": each, "additionalProperties": score}}}
	case headers:
		return object{"$ref": "#/$defs/headers"}
	case ignores:
		return object{"$ref": "#/$defs/ignore"}
	case identities:
		return object{"type": "array", "items": object{"type": "object", "additionalProperties": false, "required": []string{"name"},
			"properties": object{"name": one, "headers": object{"$ref": "#/$defs/headers"}}}}
	case targets:
		return object{"type": "array", "minItems": 1, "items": d.section(false)}
	}
	if words := map[string][]string{"fail-on": d.severities, "method": {"GET", "HEAD", "OPTIONS"}, "audience": {"browser", "program"}}[k.name]; words != nil {
		return object{"enum": words}
	}
	if k.name == "timeout" {
		return object{"anyOf": []object{one, {"type": "integer", "minimum": 1}}}
	}
	return one
}

func headersSchema() object {
	return object{"type": "object", "additionalProperties": object{"anyOf": []object{
		{"type": []string{"string", "integer", "boolean", "number"}},
		{"type": "object", "additionalProperties": false, "required": []string{"env"}, "properties": object{"env": object{"type": "string", "minLength": 1}}},
	}}}
}

func ignoreSchema() object {
	text := object{"type": "string", "minLength": 1}
	return object{"type": []string{"array", "null"}, "items": object{
		"type": "object", "additionalProperties": false, "required": []string{"until", "reason"},
		"anyOf": []object{{"required": []string{"rule"}}, {"required": []string{"fingerprint"}}},
		"properties": object{
			"rule": text, "target": text, "reason": text, "by": text,
			"fingerprint": object{"type": "string", "pattern": "^[0-9a-fA-F]{64}$"},
			"until":       object{"type": "string", "format": "date", "description": "the last day, as " + standing.Day},
		},
	}}
}
