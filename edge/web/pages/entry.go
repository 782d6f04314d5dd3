// The pages of somebody who is not signed in, and the pages that say why there is
// no other page.

package pages

import "fmt"

// SignIn is the door.
type SignIn struct {
	Form  Form
	Next  string // where to go on
	First bool   // nobody has an account yet: the one-time link stands in the server's output
}

func (SignIn) file() string  { return "signin" }
func (SignIn) title() string { return "Sign in" }

// Welcome sets a person's name and password, by a link that works once.
type Welcome struct {
	Token string
	Email string // set by who invited; "" for the first administrator
	Role  Role
	Form  Form
}

func (Welcome) file() string  { return "welcome" }
func (Welcome) title() string { return "Welcome" }

// Oops is an error's page: what happened, what it is not, what to try.
type Oops struct {
	Code   int
	What   string
	Detail string
	Try    []string
	Ref    string // under which the server's log has more; "" for nothing
}

func (Oops) file() string    { return "oops" }
func (o Oops) title() string { return o.What }

// Sorry is the page of a status.
func Sorry(code int, detail string) Oops {
	said, ok := sorry[code]
	if !ok {
		said = Oops{What: fmt.Sprintf("Error %d", code)}
	}
	said.Code, said.Detail = code, detail
	return said
}

var sorry = map[int]Oops{
	400: {What: "The request could not be read", Try: []string{"Go back, load the page anew and send the form again."}},
	403: {What: "This needs another role", Try: []string{"Ask an administrator to do it, or to change your role."}},
	404: {What: "There is nothing here", Try: []string{"The scan may have been deleted, or its time of keeping may have passed.", "Addresses of pages are those of your own organisation only."}},
	405: {What: "This address takes no such request", Try: []string{"Go back and use the page's own buttons."}},
	413: {What: "That is too much to take in", Try: []string{"Send less at once."}},
	422: {What: "The server refuses to do that", Try: []string{"See Settings, Scan policy, for what this server may connect to."}},
	429: {What: "Too many requests", Try: []string{"Wait a minute and try again. Scans that were accepted go on."}},
	500: {What: "The server made a mistake", Try: []string{"It is ours, not yours and not the target's. It has been logged.", "Try again; if it happens again, tell the operator the reference below."}},
	503: {What: "The server is shutting down or starting", Try: []string{"Try again in a few seconds. Scans that were accepted are kept."}},
}
