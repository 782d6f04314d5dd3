// A disk without room: the list that is there stays, and is whole.

package installed

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestFullDiskLeavesTheOldList(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	key := newKey(t)
	s := stock(t, 12_000, key)
	u := publisher(t, s)
	u.Dir = dir
	before := u.must(t)
	filler, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 4096); err == nil; {
		_, err = filler.Write(block)
	}
	filler.Close()
	s["transport_security_state_static.json"] = preloadOf(13_000)
	after := u.must(t)
	if o := after[0]; !errors.Is(o.Err, ErrPlace) || !errors.Is(o.Err, syscall.ENOSPC) || o.List != before[0].List {
		t.Errorf("%+v after %+v", o, before[0])
	}
	data, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		if _, _, err := data.Read(k); err != nil {
			t.Error(err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*.*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}
