// What is true of all versions: application protocols, falling back, hellos that a
// server must be able to read past, and what it says to a client without a name.

package render

import (
	"strings"

	"middlebrick/observe"
)

func (v view) habits() block {
	b := block{}
	for _, line := range []namedList{
		{"ALPN", v.alpn()}, {"Fallback", v.fallback()}, {"Hellos", v.tolerance()}, {"No name", v.nameless()},
	} {
		b = append(b, v.labelled(line.name, ordinary, 3, habitHang, line.says)...)
	}
	return b
}

// alpn are the application protocols that were agreed to, and the answer to one
// that does not exist.
func (v view) alpn() string {
	p := v.TLS.Protocols
	if p == nil || p.Absent {
		return ""
	}
	var says, taken, refused, unknown []string
	for _, asked := range p.Asked {
		switch {
		case asked.Answer.Accepted() && asked.Chosen == asked.Protocol:
			taken = append(taken, asked.Protocol)
		case asked.Answer.Accepted() || asked.Answer.Refused():
			refused = append(refused, asked.Protocol)
		default:
			unknown = append(unknown, asked.Protocol)
		}
	}
	says = phrase(says, "agrees to ", taken)
	says = phrase(says, "not to ", refused)
	says = phrase(says, "not known: ", unknown)
	switch none := p.Unknown; {
	case none.Answer.Accepted() && none.Chosen != "":
		says = append(says, "agrees to "+none.Chosen+" when offered one that does not exist")
	case none.Answer.Accepted():
		says = append(says, "goes on without when offered one that does not exist")
	case none.Answer.Refused():
		says = append(says, "refuses one that does not exist")
	}
	return strings.Join(says, "; ")
}

func phrase(says []string, opening string, words []string) []string {
	if len(words) == 0 {
		return says
	}
	return append(says, opening+listed(words))
}

func (v view) fallback() string {
	f := v.TLS.Fallback
	switch {
	case f == nil || f.Absent:
		return ""
	case f.Single:
		return "there is one version, and nothing to fall back to"
	case f.Answer.Refused():
		return "a client that fell back to " + f.Offered.String() + " and says so is stopped (TLS_FALLBACK_SCSV)"
	case f.Answer.Accepted():
		return "a client that fell back to " + f.Offered.String() + " and says so is served all the same"
	}
	return "not known whether a client that fell back is stopped"
}

// tolerance lists the odd hellos by what became of them.
func (v view) tolerance() string {
	t := v.TLS.Tolerance
	if t == nil || t.Absent {
		return ""
	}
	by := map[observe.Result][]string{}
	note := func(name string, answer observe.Answer) {
		if answer.Result != "" {
			by[answer.Result] = append(by[answer.Result], name)
		}
	}
	note("reserved values (GREASE)", t.Grease)
	note("256 to 511 bytes", t.Middle)
	note("more than 16 KiB", t.Long)
	for _, future := range t.Future {
		note("version "+future.Offered+" in "+future.Field, future.Answer)
	}
	says := phrase(nil, "reads past ", by[observe.Accepted])
	says = phrase(says, "stumbles over ", by[observe.Denied])
	return strings.Join(phrase(says, "not known: ", by[observe.Silent]), "; ")
}

func (v view) nameless() string {
	n := v.TLS.Nameless
	switch {
	case n == nil || n.Absent:
		return ""
	case n.Literal:
		return "the target is an address, so that no hello carries a name"
	case n.Answer.Refused():
		return "a hello without a name is refused"
	case !n.Answer.Accepted():
		return "not known what a hello without a name is given"
	case n.Compared && n.Same:
		return "a hello without a name is given the same certificate"
	case n.Certificate != nil:
		return "a hello without a name is given the certificate of " + n.Certificate.Subject
	}
	return "a hello without a name is accepted"
}
