// The page of the command doctor: what of this machine bears on scans.

package render

// A Symptom is one thing that was looked at on this machine. State is "ok", "warn",
// "fail" or "unknown".
type Symptom struct {
	Name  string `json:"name"`
	State string `json:"state"`
	Says  string `json:"says"`
	Mend  string `json:"mend,omitempty"`
}

var symptomWords = map[string]struct {
	word  string
	style style
}{"ok": {"OK", good}, "warn": {"WARN", unsure}, "fail": {"FAIL", bad}, "unknown": {"?", unsure}}

// Symptoms is the page: one thing after the other, and what to do about it.
func Symptoms(all []Symptom, s Screen) []byte {
	s = s.laid()
	b := block{}
	for _, one := range all {
		word := symptomWords[one.State]
		lines := wrap(s.Escape(bounded(one.Says)), max(20, s.width()-22))
		if len(lines) == 0 {
			lines = []string{""}
		}
		b = append(b, row{{pad(word.word, 6), word.style}, {pad(one.Name, 16), bold}, {lines[0], ordinary}})
		for _, line := range lines[1:] {
			b = append(b, text(pad("", 22)+line))
		}
		if one.Mend != "" {
			b = append(b, s.labelled("", ordinary, 22, 22, "→ "+one.Mend)...)
		}
	}
	return s.bytes(b)
}
