// The way in through faults of the encryption itself: known mistakes of TLS
// software that give away its keys, its memory or its plain text.

package attack

import (
	"middlebrick/rule"
)

// breaking are those faults, gravest first, with what they give to somebody on the
// path.
var breaking = []struct{ name, gain string }{
	{"heartbleed", "whoever asks is given pieces of the server's memory, its keys and sessions among them"},
	{"ticketbleed", "whoever asks is given pieces of the server's memory"},
	{"drown", "recorded sessions that used RSA key exchange can be decrypted"},
	{"robot", "recorded sessions that used RSA key exchange can be decrypted"},
	{"ccsinjection", "between it and a client with the same fault anyone can choose the keys"},
	{"poodletls", "a session cookie can be read byte by byte"},
	{"goldendoodle", "a session cookie can be read byte by byte"},
	{"zombiepoodle", "a session cookie can be read byte by byte"},
	{"luckyminus20", "a session cookie can be read byte by byte"},
	{"zerolength", "some of what is sent can be read byte by byte"},
	{"compression", "a session cookie can be guessed from the length of what is sent"},
	{"renegotiationinsecure", "someone in the middle can put a request of their own before a client's"},
	{"opossum", "someone in the middle can shift answers to requests that did not ask for them"},
}

// byBreaking rests on those of the rules that were judged; of none it says
// nothing. A fault that is high or worse as it was seen opens the way, a milder one
// is residual, and doubt counts where the fault would open it.
func byBreaking(s scene) Path {
	var open, doubtful, mild []string
	gain, judged := "", false
	for _, fault := range breaking {
		r, ok := s.verdicts["encryption."+fault.name]
		judged = judged || ok
		switch {
		case !ok:
		case s.fails(fault.name) && s.worst(fault.name).AtLeast(rule.High):
			open = append(open, r.Meta.ID)
			if len(open) == 1 {
				gain = fault.gain
			}
		case s.fails(fault.name):
			mild = append(mild, r.Meta.ID)
		case r.Verdict.Outcome == rule.Inconcluded && r.Meta.Severity.AtLeast(rule.High):
			doubtful = append(doubtful, r.Meta.ID)
		}
	}
	switch {
	case !judged:
		return Path{}
	case len(open) > 0:
		return Path{Holds: Yes, Because: s.saw(open) + ": " + gain, Rules: open}
	case len(doubtful) > 0:
		return Path{Holds: Unknown, Because: s.doubt(doubtful), Rules: doubtful}
	case len(mild) > 0:
		return Path{Holds: Residual, Because: s.saw(mild), Rules: mild}
	case s.fails("notls"):
		return Path{Holds: No, Because: "there is no encryption to break"}
	}
	return Path{Holds: No, Because: "none of the faults by which TLS software gives away what it encrypts was found"}
}
