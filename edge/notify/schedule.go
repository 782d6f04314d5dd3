// When a failed delivery is tried again, and when it is given up.

package notify

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// pauses are the waits after the first, second, … failed attempt: ten attempts
// over three days, which outlast a weekend.
var pauses = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	longestPause = 24 * time.Hour // however long the receiver asks us to wait
	longestTotal = 76 * time.Hour // from the first attempt to the last
)

// Attempts is the most that one delivery gets.
func Attempts() int { return len(pauses) + 1 }

// Next is how long to wait after the attempt of that number (from 1) failed, and
// whether to try again at all; where not, the delivery is a dead letter. Elapsed
// is the time since the first attempt, asked what the receiver wished for in
// Retry-After, chance a number in [0, 1).
//
// Each wait is shortened by up to a fifth by chance, so that deliveries that failed
// together do not come back together. A wish for longer is granted up to a day,
// and lengthened by up to a tenth for the same reason.
func Next(attempt int, elapsed, asked time.Duration, chance float64) (wait time.Duration, again bool) {
	if attempt < 1 || attempt > len(pauses) {
		return 0, false
	}
	chance = min(max(chance, 0), 1)
	wait = pauses[attempt-1]
	wait -= time.Duration(chance / 5 * float64(wait))
	if asked = min(asked, longestPause); asked > wait {
		wait = min(asked+time.Duration(chance/10*float64(asked)), longestPause)
	}
	if max(elapsed, 0)+wait > longestTotal {
		return 0, false
	}
	return wait, true
}

// retryAfter reads the header in both of its forms (RFC 9110, section 10.2.3):
// seconds, or a date. What it does not understand is no wish.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(longestPause/time.Second))) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), longestPause)
}
