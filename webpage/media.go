// Images with a choice of sources, and audio and video.

package webpage

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// media is an open picture, video or audio element.
type media struct {
	name    string
	lazy    bool    // preload=none
	chosen  bool    // an earlier source is one that a browser takes
	maybe   bool    // an earlier source is one that it may take
	waiting []found // a picture's sources, until its img comes
}

const maxWaiting = 64

func (w *walk) push(m media) {
	if len(w.media) == maxOpen {
		w.r.page.Truncated = true
		return
	}
	w.media = append(w.media, m)
}

func (w *walk) closeMedia(name string) {
	for i := len(w.media) - 1; i >= max(0, len(w.media)-maxSearch); i-- {
		if w.media[i].name == name {
			w.media = w.media[:i]
			return
		}
	}
}

// within returns the innermost open media element.
func (w *walk) within() *media {
	if len(w.media) == 0 {
		return &media{}
	}
	return &w.media[len(w.media)-1]
}

func (w *walk) openPicture(t *tag) { w.push(media{name: t.name}) }

func (w *walk) openMedia(t *tag) {
	// Without a user's gesture only what is muted plays by itself.
	m := media{name: t.name, lazy: t.is("preload", "none") && !(t.has("autoplay") && t.has("muted"))}
	if poster := t.value("poster"); poster != "" && t.name == "video" {
		w.r.load(element(t, "poster", poster, Upgradable, toImage))
	}
	if src, ok := t.get("src"); ok {
		m.chosen = true
		if src != "" {
			f := element(t, "src", src, Upgradable, toMedia)
			f.certain = !m.lazy
			w.r.load(f)
		}
	}
	w.push(m)
}

func (w *walk) source(t *tag) {
	m := w.within()
	switch m.name {
	case "video", "audio":
		w.mediaSource(t, m)
	case "picture":
		if len(m.waiting) == maxWaiting {
			w.r.page.Truncated = true
			return
		}
		w.pictureSource(t, m)
	}
}

func (w *walk) mediaSource(t *tag, m *media) {
	src := t.value("src")
	if src == "" || m.chosen {
		return
	}
	f := element(t, "src", src, Upgradable, toMedia)
	f.certain = !m.lazy && !m.maybe && playable(t.value("type")) && !t.has("media")
	m.maybe = true
	w.r.load(f)
}

func playable(media string) bool {
	media, _, _ = strings.Cut(strings.ToLower(media), ";")
	switch strings.TrimSpace(media) {
	case "", "video/mp4", "video/webm", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm":
		return true
	}
	return false
}

// pictureSource keeps a source of a picture back: without an img after it,
// nothing is loaded.
func (w *walk) pictureSource(t *tag, m *media) {
	set, ok := t.get("srcset")
	if !ok || m.chosen {
		return
	}
	f := element(t, "srcset", set, Blockable, toImage)
	f.certain = !m.maybe && !t.has("media") && !t.has("type")
	if len(parseSrcset(set)) == 0 {
		return
	}
	m.maybe = true
	m.chosen = !t.has("media") && !t.has("type")
	m.waiting = append(m.waiting, f)
}

// img: an image is upgraded if its address stands in src and there was no
// choice. One that a srcset or a picture offered is blocked (Mixed Content
// Level 2 section 3.1, initiator "imageset").
func (w *walk) img(t *tag) {
	m := w.within()
	inPicture := m.name == "picture"
	for _, f := range m.waiting {
		w.candidates(f, f.ref, "")
	}
	taken := m.chosen && inPicture
	m.waiting = nil
	set, hasSet := t.get("srcset")
	src := t.value("src")
	if taken {
		return
	}
	f := element(t, "srcset", "", Blockable, toImage)
	f.certain = !(inPicture && m.maybe)
	if !hasSet && !inPicture {
		f.class = Upgradable
	}
	w.candidates(f, set, src)
}

// track loads when its text is shown, which default asks for.
func (w *walk) track(t *tag) {
	m := w.within()
	if src := t.value("src"); src != "" && (m.name == "video" || m.name == "audio") {
		f := element(t, "src", src, Blockable, toMedia)
		f.certain = t.has("default")
		w.r.load(f)
	}
}

// candidates judges every address that a srcset offers; src is one of them
// where the set leaves density 1 open. Only a choice of one is certain.
func (w *walk) candidates(f found, set, src string) {
	list := parseSrcset(set)
	if len(list) > maxCandidates {
		w.r.page.Truncated = true
		list = list[:maxCandidates]
	}
	open := true
	for _, c := range list {
		open = open && !c.width && c.density != 1
	}
	useSrc := open && src != ""
	certain := f.certain && (len(list) == 0 || len(list) == 1 && !useSrc)
	for _, c := range list {
		f.ref, f.certain = c.ref, certain
		w.r.load(f)
	}
	if useSrc {
		f.attribute, f.ref, f.certain = "src", src, certain
		w.r.load(f)
	}
}

const maxCandidates = 100

// candidate is one entry of a srcset.
type candidate struct {
	ref     string
	density float64
	width   bool
}

// parseSrcset follows WHATWG HTML section 4.8.4.3.10. It looks at no more
// entries than are kept.
func parseSrcset(s string) []candidate {
	const blank = " \t\n\f\r"
	var list []candidate
	for len(list) <= maxCandidates {
		s = strings.TrimLeft(s, blank+",")
		if s == "" {
			break
		}
		end := strings.IndexAny(s, blank)
		if end < 0 {
			end = len(s)
		}
		ref, descriptors := s[:end], ""
		s = s[end:]
		if trimmed := strings.TrimRight(ref, ","); trimmed != ref {
			ref = trimmed
		} else {
			descriptors, s = cutDescriptors(s)
		}
		if c, ok := describe(descriptors); ok {
			c.ref = ref
			list = append(list, c)
		}
	}
	return list
}

// cutDescriptors cuts up to the next comma that stands in no parentheses.
func cutDescriptors(s string) (before, after string) {
	deep := 0
	for i := range len(s) {
		switch {
		case s[i] == '(':
			deep++
		case s[i] == ')':
			deep = max(0, deep-1)
		case s[i] == ',' && deep == 0:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func describe(s string) (candidate, bool) {
	c := candidate{density: 1}
	words := strings.Fields(s)
	if len(words) == 0 {
		return c, true
	}
	last := words[0][len(words[0])-1]
	number, err := strconv.ParseFloat(words[0][:len(words[0])-1], 64)
	switch {
	case err != nil || number < 0:
		return c, false
	case last == 'w' && (len(words) == 1 || len(words) == 2 && strings.HasSuffix(words[1], "h")):
		c.width = true
		return c, true
	case last == 'x' && len(words) == 1:
		c.density = number
		return c, true
	}
	return c, false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
