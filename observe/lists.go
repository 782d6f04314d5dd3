// Which lists a scan had at hand: lists age, and a verdict that rests on one must
// say on which.

package observe

import "time"

// A List is one list that was at hand.
type List struct {
	Kind    string    `json:"kind"` // "hsts-preload", "ct-logs", "mozilla-roots"
	Date    time.Time `json:"date"`
	Entries int       `json:"entries"`
}

// Lists are those of the scan, sorted by kind; a kind that is not among them was
// missing.
var Lists = newKey[[]List]("scan.lists")
