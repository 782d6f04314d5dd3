// How newer lists are fetched, verified and put in their place.

package installed

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"middlebrick/scan"
	"middlebrick/wire"
)

// An Updater fetches lists into a folder.
type Updater struct {
	Dir  string
	From string // a folder or an https URL that holds the files under their own names; "" for their publishers
	Get  func(ctx context.Context, url string, most int64) ([]byte, time.Time, error)
	Now  func() time.Time
}

// Web gets files over https, trusting those authorities (PEM) beside the system's.
func Web(caFiles [][]byte) func(ctx context.Context, url string, most int64) ([]byte, time.Time, error) {
	return func(ctx context.Context, url string, most int64) ([]byte, time.Time, error) {
		return wire.Fetch(ctx, wire.Download{URL: url, Most: most, Timeout: 2 * time.Minute, UserAgent: "middlebrick/" + scan.Version, CAFiles: caFiles})
	}
}

// An Outcome is what came of one list. List is what is installed afterwards.
type Outcome struct {
	Kind  Kind
	List  List
	Have  bool  // a list is installed
	Newer bool  // it is another than before
	Err   error // why it was not replaced; errors.Is(Err, ErrPlace) where this machine could not keep it
}

// ErrPlace is that a verified list could not be put in its place.
var ErrPlace = errors.New("the list could not be kept")

// ErrBusy is that another update is at work in the folder.
var ErrBusy = errors.New("another update is running")

// Update brings every list up to date that it can. A list that cannot be fetched,
// is not what it should be, or has shrunk, leaves the old one in its place.
func (u Updater) Update(ctx context.Context) ([]Outcome, error) {
	if err := os.MkdirAll(u.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder for lists: %w", err)
	}
	free, err := lock(filepath.Join(u.Dir, ".lock"))
	if err != nil {
		return nil, err
	}
	defer free()
	data, err := Open(u.Dir)
	if err != nil {
		return nil, err
	}
	var all []Outcome
	for _, k := range Kinds() {
		o := Outcome{Kind: k}
		before, had := data.Find(k)
		o.Err = u.one(ctx, data, k)
		o.List, o.Have = data.Find(k)
		o.Newer = o.Err == nil && (!had || before.SHA256 != o.List.SHA256)
		all = append(all, o)
	}
	return all, nil
}

func (u Updater) one(ctx context.Context, data *Data, k Kind) error {
	old, _ := data.Find(k)
	list, file, err := u.fetch(ctx, k, old)
	if err != nil {
		return err
	}
	if list.Entries*100 < old.Entries*(100-mostShrink) {
		return fmt.Errorf("%s: it has %d entries and the one of %s has %d: more than %d %% less is not believed; remove %s to take it all the same",
			k, list.Entries, old.Date.Format(time.DateOnly), old.Entries, mostShrink, filepath.Join(u.Dir, manifest))
	}
	if list.Date.Before(old.Date) {
		return fmt.Errorf("%s: it is of %s, older than the installed one of %s", k, list.Date.Format(time.DateOnly), old.Date.Format(time.DateOnly))
	}
	if err := data.install(list, file); err != nil {
		return fmt.Errorf("%w: %w", ErrPlace, err)
	}
	return nil
}

// mostShrink is by how much a list may become shorter from one update to the
// next, in percent.
const mostShrink = 20

// fetch gets a list and has it read.
func (u Updater) fetch(ctx context.Context, k Kind, old List) (List, []byte, error) {
	s := sources[k]
	var missed []error
	for _, name := range s.names {
		file, source, changed, err := u.get(ctx, s.base, name, s.most)
		if err != nil {
			missed = append(missed, err)
			continue
		}
		list := List{Kind: k, Source: source, Fetched: u.Now().UTC(), Date: changed.UTC()}
		if list.Date.IsZero() {
			list.Date = list.Fetched
		}
		if file, err = s.read(reading{ctx, u, s, &list, old}, file); err != nil {
			return list, nil, fmt.Errorf("%s from %s: %w", k, source, err)
		}
		if list.Entries < s.least {
			return list, nil, fmt.Errorf("%s from %s: it has %d entries, and fewer than %d are not believed", k, source, list.Entries, s.least)
		}
		return list, file, nil
	}
	return List{}, nil, fmt.Errorf("%s: %w", k, errors.Join(missed...))
}

// get reads one file of a source: from its publisher, a mirror or a folder.
func (u Updater) get(ctx context.Context, base, name string, most int64) (file []byte, source string, changed time.Time, err error) {
	switch {
	case u.From == "":
		source = base + name
	case strings.Contains(u.From, "://"):
		source, err = url.JoinPath(u.From, name)
	default:
		return fromFolder(filepath.Join(u.From, name), most)
	}
	if err != nil {
		return nil, source, changed, err
	}
	file, changed, err = u.Get(ctx, source, most)
	return file, source, changed, err
}

func fromFolder(path string, most int64) (file []byte, source string, changed time.Time, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, path, changed, err
	case !info.Mode().IsRegular():
		return nil, path, changed, fmt.Errorf("reading %s: it is no file", path)
	case info.Size() > most:
		return nil, path, changed, fmt.Errorf("reading %s: it is larger than %d bytes", path, most)
	}
	file, err = os.ReadFile(path)
	return file, path, info.ModTime(), err
}
