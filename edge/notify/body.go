// The message as JSON: the body of a webhook, and what is kept of a delivery so
// that a later attempt sends the same bytes.

package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Schema is the version that every body names; minor versions only add.
const Schema = "middlebrick.message/1.0"

// mostBody is what the Standard Webhooks specification advises as the most.
const mostBody = 20 << 10

type body struct {
	Schema    string    `json:"schema"`
	Type      Kind      `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	Target      *Target      `json:"target,omitempty"`
	Monitor     *Monitor     `json:"monitor,omitempty"`
	Scan        *Scan        `json:"scan,omitempty"`
	Summary     string       `json:"summary"` // the headline that people are told
	Sentence    string       `json:"sentence,omitempty"`
	Before      *Standing    `json:"before,omitempty"`
	After       *Standing    `json:"after,omitempty"`
	Counts      *Counts      `json:"counts,omitempty"`
	Reasons     []Reason     `json:"reasons"`
	Findings    []Finding    `json:"findings"`
	Omitted     int          `json:"findingsOmitted"`
	Certificate *Certificate `json:"certificate,omitempty"`
	Previous    *Certificate `json:"previousCertificate,omitempty"`
	Since       *time.Time   `json:"since,omitempty"`
	Affected    int          `json:"monitorsAffected,omitempty"`
	Links       Links        `json:"links"`
}

// MarshalJSON writes the cleaned message as a webhook's body. It is at most 20
// KiB; findings that would make it longer are left out and counted.
func (m Message) MarshalJSON() ([]byte, error) {
	m = m.Cleaned()
	for {
		text, err := m.encoded()
		if err != nil || len(text) <= mostBody || len(m.Findings) == 0 {
			return text, err
		}
		m.Findings = m.Findings[:len(m.Findings)-1]
		m.Omitted++
	}
}

func (m Message) encoded() ([]byte, error) {
	wire := body{Schema, m.Kind, m.At, data{
		Target: m.Target, Monitor: m.Monitor, Scan: m.Scan, Summary: wordsOf(m).headline, Sentence: m.Sentence,
		Before: m.Before, After: m.After, Counts: m.Counts, Reasons: m.Reasons, Findings: m.Findings, Omitted: m.Omitted,
		Certificate: m.Certificate, Previous: m.Previous, Affected: m.Affected, Links: m.Links,
	}}
	if !m.Since.IsZero() {
		wire.Data.Since = &m.Since
	}
	return plainJSON(wire)
}

// UnmarshalJSON reads a body back. What it does not know it passes over.
func (m *Message) UnmarshalJSON(text []byte) error {
	var wire body
	if err := json.Unmarshal(text, &wire); err != nil {
		return fmt.Errorf("read a message: %w", err)
	}
	d := wire.Data
	*m = Message{
		Kind: wire.Type, At: wire.Timestamp, Target: d.Target, Monitor: d.Monitor, Scan: d.Scan, Sentence: d.Sentence,
		Before: d.Before, After: d.After, Counts: d.Counts, Reasons: d.Reasons, Findings: d.Findings, Omitted: d.Omitted,
		Certificate: d.Certificate, Previous: d.Previous, Affected: d.Affected, Links: d.Links,
	}
	if d.Since != nil {
		m.Since = *d.Since
	}
	return nil
}

// plainJSON leaves <, > and & as they are: a body is no part of an HTML page,
// and the services count what they read.
func plainJSON(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
