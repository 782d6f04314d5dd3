// Versions: what an answer tells of a part's version, exactly or within bounds.

package stack

import (
	"regexp"
	"strconv"
	"strings"
)

// versions is what is known of a version: the exact one, or the first that
// behaves so, or the first that no longer does.
type versions struct{ exact, since, before string }

// and narrows by another claim about the same part. An exact version stands; a
// bound counts only where it narrows. Bounds that contradict each other, as
// behind a load balancer over two releases, tell nothing.
func (v versions) and(other versions) versions {
	switch {
	case v.exact != "":
		return v
	case other.exact != "":
		return other
	}
	if v.since == "" || other.since != "" && newer(other.since, v.since) {
		v.since = other.since
	}
	if v.before == "" || other.before != "" && newer(v.before, other.before) {
		v.before = other.before
	}
	if v.since != "" && v.before != "" && !newer(v.before, v.since) {
		return versions{}
	}
	return v
}

func (v versions) String() string {
	switch {
	case v.exact != "":
		return v.exact
	case v.since != "" && v.before != "":
		return v.since + " or later, before " + v.before
	case v.since != "":
		return v.since + " or later"
	case v.before != "":
		return "before " + v.before
	}
	return ""
}

// newer compares dotted numbers.
func newer(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		x, y := number(as, i), number(bs, i)
		if x != y {
			return x > y
		}
	}
	return false
}

func number(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, err := strconv.Atoi(parts[i])
	if err != nil {
		return 0
	}
	return n
}

// versionText is what may stand as a version in a header.
var versionText = regexp.MustCompile(`^[0-9][0-9A-Za-z.+\-_~]{0,30}$`)

// exactly is a version as written, where it looks like one.
func exactly(text string) versions {
	if !versionText.MatchString(text) {
		return versions{}
	}
	return versions{exact: text}
}
