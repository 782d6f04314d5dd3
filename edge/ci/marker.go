// The first line of a comment, by which it is found again.

package ci

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"middlebrick/report"
)

// Marker is the first line of the one comment that belongs to this target, job
// and workflow.
func (j Job) Marker(r report.Report) string {
	sum := sha256.Sum256([]byte(r.Method + " " + r.APIURL))
	return fmt.Sprintf("<!-- middlebrick:v1 target=sha256:%s workflow=%s job=%s -->",
		hex.EncodeToString(sum[:8]), word(j.Workflow), word(j.Name))
}

// word keeps what can stand in a marker: whoever names a workflow cannot end the
// HTML comment that it stands in.
func word(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
			return r
		}
		return '_'
	}, name)
}
