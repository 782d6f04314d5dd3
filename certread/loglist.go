// The list of certificate transparency logs that browsers know: the public JSON
// of version 3, as it is published for user agents.

package certread

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"middlebrick/observe"
)

// maxLogs bounds a list; the public one has some hundred.
const maxLogs = 2000

// Logs is a list of logs, to be used by many at a time.
type Logs struct {
	name string
	at   time.Time
	byID map[string]ctLog
}

// A ctLog is one log of the list.
type ctLog struct {
	name, operator string
	state          string
	since          time.Time // of the state
	key            crypto.PublicKey
}

// The list's form, as far as it is read.
type listedLog struct {
	Description string                 `json:"description"`
	ID          []byte                 `json:"log_id"`
	Key         []byte                 `json:"key"`
	State       map[string]listedState `json:"state"`
}

type listedState struct {
	Timestamp time.Time `json:"timestamp"`
}

type listedOperator struct {
	Name  string      `json:"name"`
	Logs  []listedLog `json:"logs"`
	Tiled []listedLog `json:"tiled_logs"`
}

type logList struct {
	Version   string           `json:"version"`
	At        time.Time        `json:"log_list_timestamp"`
	Operators []listedOperator `json:"operators"`
}

// ParseLogs reads a log list of version 3 (JSON). It fails where the file is none,
// or has no log whose key can be used; single logs that cannot be read are left
// out.
func ParseLogs(file []byte) (*Logs, error) {
	var list logList
	if err := json.Unmarshal(file, &list); err != nil {
		return nil, fmt.Errorf("reading log list: %w", err)
	}
	logs := &Logs{name: "log list " + cut(spoken(plain(list.Version)), 40), at: within(list.At), byID: map[string]ctLog{}}
	for _, operator := range list.Operators {
		for _, one := range append(operator.Logs, operator.Tiled...) {
			logs.add(operator.Name, one)
		}
	}
	if len(logs.byID) == 0 {
		return nil, errors.New("reading log list: it has no log with a key; give the list of version 3, a JSON file with \"operators\"")
	}
	return logs, nil
}

func (l *Logs) add(operator string, one listedLog) {
	key, err := x509.ParsePKIXPublicKey(one.Key)
	sum := sha256.Sum256(one.Key)
	if err != nil || len(l.byID) >= maxLogs || len(one.ID) > 0 && string(one.ID) != string(sum[:]) {
		return // a log's name is the hash of its key (RFC 6962 section 3.2)
	}
	log := ctLog{name: cut(spoken(plain(one.Description)), maxLabel), operator: cut(spoken(plain(operator)), maxLabel), key: key, state: "pending"}
	for state, since := range one.State {
		log.state, log.since = cut(spoken(plain(state)), 40), since.Timestamp
	}
	l.byID[string(sum[:])] = log
}

func (l *Logs) find(id []byte) (ctLog, bool) {
	if l == nil {
		return ctLog{}, false
	}
	log, known := l.byID[string(id)]
	return log, known
}

// Name is the list with its date; empty where there is none.
func (l *Logs) Name() string {
	switch {
	case l == nil:
		return ""
	case l.at.IsZero():
		return l.name
	}
	return l.name + " of " + l.at.Format(time.DateOnly)
}

// At is the list's date; zero where there is none.
func (l *Logs) At() time.Time {
	if l == nil {
		return time.Time{}
	}
	return l.at
}

// Count is how many logs the list has.
func (l *Logs) Count() int { return len(l.byID) }

// worth is what a right signature of that log counts for: browsers take it from
// logs in good standing, and of a retired one what it signed before it retired.
func (c ctLog) worth(signed time.Time) (result, detail string) {
	switch c.state {
	case "usable", "qualified", "readonly":
		return observe.TimestampValid, ""
	case "retired":
		if signed.Before(c.since) {
			return observe.TimestampRetired, "the log has retired since"
		}
		return observe.TimestampRejected, "the log had retired before"
	}
	return observe.TimestampRejected, "browsers do not accept this log: it is " + c.state
}
