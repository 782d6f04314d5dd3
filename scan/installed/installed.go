// Package installed is the lists that age: which of them this machine has and of
// what date, and how newer ones are fetched, verified and put in their place.
package installed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A Kind names one of the lists.
type Kind string

// The kinds.
const (
	Preload Kind = "hsts-preload"
	CTLogs  Kind = "ct-logs"
	Roots   Kind = "mozilla-roots"
)

// Kinds are all of them, in the order of reports.
func Kinds() []Kind { return []Kind{Preload, CTLogs, Roots} }

// Folder is where the lists are kept: $MIDDLEBRICK_DATA, or a folder of ours
// among the user's caches, since everything in it can be had again.
func Folder(env func(string) string) (string, error) {
	if dir := env("MIDDLEBRICK_DATA"); dir != "" {
		return dir, nil
	}
	if env("HOME") == "" && env("XDG_CACHE_HOME") == "" && env("LocalAppData") == "" {
		return "", errors.New("finding a folder for lists: there is no home; name a folder in MIDDLEBRICK_DATA")
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a folder for lists: %w; name one in MIDDLEBRICK_DATA", err)
	}
	return filepath.Join(dir, "middlebrick"), nil
}

// A List is one installed list.
type List struct {
	Kind    Kind      `json:"kind"`
	File    string    `json:"file"` // in the folder
	SHA256  string    `json:"sha256"`
	Entries int       `json:"entries"`
	Date    time.Time `json:"date"` // of the list, as its publisher has it
	Fetched time.Time `json:"fetched"`
	Source  string    `json:"source"`
	Signer  string    `json:"signer,omitempty"` // SHA-256 of the key that signed it, where one did
}

// A Data is a folder of lists as it stood when it was opened.
type Data struct {
	dir   string
	lists map[Kind]List
}

// manifest is the file that says which list is in force. Replacing it is what
// installs a list: there is no moment at which the folder holds half of one.
const manifest = "installed.json"

// mostManifest bounds it, in bytes.
const mostManifest = 1 << 20

// Open reads what a folder says is installed. A folder that is not there holds
// nothing.
func Open(dir string) (*Data, error) {
	d := &Data{dir: dir, lists: map[Kind]List{}}
	text, err := os.ReadFile(filepath.Join(dir, manifest))
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what is installed: %w", err)
	}
	var lists []List
	if err := json.Unmarshal(text[:min(len(text), mostManifest)], &lists); err != nil {
		return nil, fmt.Errorf("reading what is installed: %s: %w; middlebrick update writes it anew once it is removed", filepath.Join(dir, manifest), err)
	}
	for _, list := range lists {
		d.lists[list.Kind] = list
	}
	return d, nil
}

// Find is the installed list of a kind; false where there is none.
func (d *Data) Find(k Kind) (List, bool) {
	list, ok := d.lists[k]
	return list, ok
}

// Read gives a list's file, which must still be what was installed.
func (d *Data) Read(k Kind) ([]byte, List, error) {
	list, ok := d.lists[k]
	if !ok {
		return nil, list, fmt.Errorf("no %s is installed", k)
	}
	file, err := os.ReadFile(filepath.Join(d.dir, filepath.Base(list.File)))
	if err != nil {
		return nil, list, fmt.Errorf("reading %s: %w; middlebrick update fetches it again", k, err)
	}
	if hashOf(file) != list.SHA256 {
		return nil, list, fmt.Errorf("reading %s: %s is not what was installed; middlebrick update fetches it again", k, list.File)
	}
	return file, list, nil
}

func hashOf(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// install puts a list in its place: the file first, under a name of its own, then
// the manifest. Whatever fails, what was installed before stays.
func (d *Data) install(list List, file []byte) error {
	list.SHA256 = hashOf(file)
	list.File = fmt.Sprintf("%s-%s", list.Kind, list.SHA256[:16])
	if err := place(d.dir, list.File, file); err != nil {
		return err
	}
	old := d.lists[list.Kind]
	lists := []List{}
	for _, k := range Kinds() {
		switch kept, ok := d.lists[k]; {
		case k == list.Kind:
			lists = append(lists, list)
		case ok:
			lists = append(lists, kept)
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(lists); err != nil {
		return err
	}
	if err := place(d.dir, manifest, text.Bytes()); err != nil {
		return err
	}
	d.lists[list.Kind] = list
	if old.File != "" && old.File != list.File {
		_ = os.Remove(filepath.Join(d.dir, filepath.Base(old.File))) // left over at worst
	}
	return nil
}

// place writes a file whole or not at all.
func place(dir, name string, content []byte) error {
	file, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Join(dir, name), err)
	}
	return nil
}
