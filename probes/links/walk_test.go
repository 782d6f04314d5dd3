// The walk against texts made at random, and against bytes that are none.

package links

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// value makes JSON of some depth, with links and near-links in it.
func value(t *rapid.T, depth int) any {
	kinds := 5
	if depth > 0 {
		kinds = 7
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return rapid.SampledFrom([]string{"http://app.test/a", "HTTP://app.test/b"}).Draw(t, "link")
	case 1:
		return rapid.SampledFrom([]string{"https://app.test/", "http://", "x", ""}).Draw(t, "text")
	case 2:
		return json.Number("1.5e3")
	case 3:
		return nil
	case 4:
		return true
	case 5:
		list := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			list = append(list, value(t, depth-1))
		}
		return list
	}
	object := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "members") {
		object[rapid.SampledFrom([]string{"a", "b/c", "~", "", "http://key/", "é", "0"}).Draw(t, "name")] = value(t, depth-1)
	}
	return object
}

// expected are the places of all links, by recursion.
func expected(v any, where string) (all []string) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(strings.ToLower(v), "http://") && len(v) > 7 {
			all = append(all, where+" "+v)
		}
	case []any:
		for i, element := range v {
			all = append(all, expected(element, fmt.Sprintf("%s/%d", where, i))...)
		}
	case map[string]any:
		for name, member := range v {
			all = append(all, expected(member, where+"/"+escapes.Replace(name))...)
		}
	}
	return all
}

func TestWalkFindsEveryLinkAtItsPointer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := []any{value(t, 4)} // never at the top: that has no pointer
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		whole := walk(json.NewDecoder(bytes.NewReader(text)), func(where, link string) bool {
			got = append(got, where+" "+link)
			return true
		})
		want := append([]string{}, expected(list, "")...)
		sort.Strings(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || !whole {
			t.Fatalf("%s: whole is %v (-want +got):\n%s", text, whole, diff)
		}
	})
}

func FuzzWalk(f *testing.F) {
	for _, text := range []string{`{"a":["http://x/"]}`, `[`, `]`, `{"a"`, `{1:2}`, "[[[[", `"http://x/`, `{"a":1}{"b":2}`, "\xff", `{"a":{"a":{}}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		given := 0
		whole := walk(json.NewDecoder(bytes.NewReader(text)), func(where, link string) bool {
			given++
			if len(where) > (mostName*2+8)*mostDepth || !isPlain(link) {
				t.Errorf("%d bytes of a place, %q", len(where), link)
			}
			return given < mostLinks
		})
		if json.Valid(text) && !whole && bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) <= mostDepth {
			t.Errorf("%q was not read to its end", text)
		}
	})
}
