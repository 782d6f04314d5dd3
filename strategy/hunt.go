// Which of a set a server accepts, found by striking out what it chooses.

package strategy

import (
	"cmp"
	"slices"

	"middlebrick/observe"
)

// split is after how many hits a hand is split.
const split = 6

// A hunt is the search through one set. Each of its members is in one hand, or
// was found, or stands in a hand that was closed.
type hunt[T cmp.Ordered] struct {
	all   []T
	open  []*hand[T]
	found map[T]observe.Ref
	soft  []*hand[T]   // refused by closing
	gap   *observe.Gap // why some were not told
}

// A hand is a part of the set that is asked for together.
type hand[T cmp.Ordered] struct {
	left  []T
	hits  int
	asked bool // a question is on its way
	late  bool // questions about something else are likely to tell of it: to be asked after them
	plain bool // refused in an odd hello: to be asked in a usual one
}

// newHunt gives each of the likely members a hand of its own: what is accepted costs
// one question either way, and these need not be asked one after the other. The rest
// of the set is dealt into so many hands; none is larger than room.
func newHunt[T cmp.Ordered](set, likely []T, hands, room int) *hunt[T] {
	h := &hunt[T]{all: set, found: map[T]observe.Ref{}}
	for _, member := range likely {
		if slices.Contains(set, member) {
			h.open = append(h.open, &hand[T]{left: []T{member}})
		}
	}
	rest := slices.DeleteFunc(slices.Clone(set), func(member T) bool { return slices.Contains(likely, member) })
	for len(rest) > hands*room {
		hands++
	}
	for _, part := range deal(rest, hands) {
		h.open = append(h.open, &hand[T]{left: part})
	}
	return h
}

// deal gives each member to the next hand in turn, so that neighbours, which a
// server often accepts together, fall to different hands.
func deal[T any](set []T, hands int) (parts [][]T) {
	parts = make([][]T, min(hands, len(set)))
	for i, member := range set {
		parts[i%len(parts)] = append(parts[i%len(parts)], member)
	}
	return parts
}

// next is a hand that waits to be asked, a late one only where that is said.
func (h *hunt[T]) next(late bool) (*hand[T], bool) {
	for _, waiting := range h.open {
		if !waiting.asked && (late || !waiting.late) {
			waiting.asked = true
			return waiting, true
		}
	}
	return nil, false
}

// left is everything that was neither found nor refused, in the order of hands.
func (h *hunt[T]) left() (all []T) {
	for _, one := range h.open {
		all = append(all, one.left...)
	}
	return all
}

// late is what is left in the hands that are asked last.
func (h *hunt[T]) late() (all []T) {
	for _, one := range h.open {
		if one.late {
			all = append(all, one.left...)
		}
	}
	return all
}

// done is true when there is nothing left to ask for.
func (h *hunt[T]) done() bool { return len(h.open) == 0 }

// find notes a member that was chosen, whoever asked for it.
func (h *hunt[T]) find(member T, ref observe.Ref) {
	if _, known := h.found[member]; known {
		return
	}
	h.found[member] = ref
	for _, one := range h.open {
		if i := slices.Index(one.left, member); i >= 0 {
			one.left = slices.Delete(slices.Clone(one.left), i, i+1)
		}
	}
	h.sweep()
}

// sweep drops the hands in which nothing is left; one that is on its way comes
// home first.
func (h *hunt[T]) sweep() {
	h.open = slices.DeleteFunc(h.open, func(one *hand[T]) bool { return len(one.left) == 0 && !one.asked })
}

// hit takes a hand home that was accepted, and splits it when that happens often.
func (h *hunt[T]) hit(one *hand[T]) {
	one.asked = false
	one.hits++
	if one.hits%split == 0 && len(one.left) > 1 {
		parts := deal(one.left, 2)
		one.left = parts[0]
		h.open = append(h.open, &hand[T]{left: parts[1], plain: one.plain, late: one.late})
	}
	h.sweep()
}

// close takes a hand away that was refused as a whole.
func (h *hunt[T]) close(one *hand[T], soft bool) {
	one.asked = false
	h.open = slices.DeleteFunc(h.open, func(other *hand[T]) bool { return other == one })
	if soft {
		h.soft = append(h.soft, one)
	}
}

// lose takes a hand away of which nothing was told.
func (h *hunt[T]) lose(one *hand[T], gap *observe.Gap) {
	h.close(one, false)
	h.doubt(gap)
}

// doubt keeps the first reason why not all was told.
func (h *hunt[T]) doubt(gap *observe.Gap) {
	if h.gap == nil {
		h.gap = gap
	}
}

// none ends a hunt for which there is no use; unless that is not sure.
func (h *hunt[T]) none(doubt *observe.Gap) { h.open, h.gap = nil, doubt }

// reopen asks again for what was refused by closing.
func (h *hunt[T]) reopen() {
	for _, one := range h.soft {
		one.plain, one.late = true, false
		h.open = append(h.open, one)
	}
	h.soft = nil
}

// members are those that were found, in order.
func (h *hunt[T]) members() []T {
	all := make([]T, 0, len(h.found))
	for member := range h.found {
		all = append(all, member)
	}
	slices.Sort(all)
	return all
}
