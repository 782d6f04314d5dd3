// Forms, their submit buttons and their password inputs.

package webpage

import "strings"

// forms collects the forms of one document. Actions are resolved at its end:
// a browser resolves them when the form is sent, by the base that holds then.
type forms struct {
	list    []formState
	current int            // index of the open form, or -1
	ids     map[string]int // of forms, for the form attribute
	submits []submitter
	secrets []control
}

type formState struct {
	tag    tag
	method string
	secret bool
}

// control is an element that belongs to a form.
type control struct {
	form int    // index, or -1
	id   string // of the form, if named
}

type submitter struct {
	control
	tag    tag
	ref    string
	method string
}

func newForms() forms { return forms{current: -1, ids: map[string]int{}} }

// open: a form inside a form is ignored by the parser.
func (f *forms) open(r *reader, t *tag) {
	if f.current >= 0 {
		return
	}
	if len(f.list) == maxForms {
		r.page.Truncated = true
		return
	}
	if id, ok := t.get("id"); ok {
		if _, twice := f.ids[id]; !twice {
			f.ids[id] = len(f.list)
		}
	}
	f.current = len(f.list)
	f.list = append(f.list, formState{tag: *t, method: method(t.value("method"))})
}

func (f *forms) close() { f.current = -1 }

func method(s string) string {
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "post", "dialog":
		return s
	}
	return "get"
}

func (f *forms) control(t *tag) control {
	return control{f.current, t.value("form")}
}

func (f *forms) password(t *tag) {
	if len(f.secrets) < maxForms {
		f.secrets = append(f.secrets, f.control(t))
	}
}

// submitter notes a button that sends its form elsewhere.
func (f *forms) submitter(r *reader, t *tag) {
	ref, ok := t.get("formaction")
	if !ok {
		return
	}
	if len(f.submits) == maxForms {
		r.page.Truncated = true
		return
	}
	f.submits = append(f.submits, submitter{f.control(t), *t, ref, t.value("formmethod")})
}

func (f *forms) owner(c control) int {
	if c.id == "" {
		return c.form
	}
	if i, ok := f.ids[c.id]; ok {
		return i
	}
	return -1
}

// finish judges all forms of a document.
func (f *forms) finish(r *reader) {
	for _, c := range f.secrets {
		if i := f.owner(c); i >= 0 {
			f.list[i].secret = true
		}
	}
	for _, s := range f.list {
		r.form(&s.tag, "action", s.tag.value("action"), s.method, s.secret)
	}
	for _, s := range f.submits {
		i := f.owner(s.control)
		if i < 0 {
			continue
		}
		m := f.list[i].method
		if s.method != "" {
			m = method(s.method)
		}
		r.form(&s.tag, "formaction", s.ref, m, f.list[i].secret)
	}
}

// form judges one place that a form posts to. An empty action is the page
// itself, whatever the base.
func (r *reader) form(t *tag, attribute, ref, method string, secret bool) {
	a, ok := r.doc, true
	if strings.TrimSpace(ref) != "" {
		a, ok = r.resolve(found{ref: ref})
	}
	if !ok {
		return
	}
	if a.Scheme != "ftp" && a.Insecure() && upgrades(r.policies) {
		a.Scheme += "s"
	}
	a.Fragment = ""
	out := Form{Action: a.String(), Method: method, Password: secret}
	out.Insecure = a.Insecure() && method != "dialog"
	if len(r.page.Forms) < maxForms {
		r.page.Forms = append(r.page.Forms, out)
	} else {
		r.page.Truncated = true
	}
	if !out.Insecure || ref == "" {
		return
	}
	outcome := Warned
	switch {
	case sandboxed(r.policies, "allow-forms"), !allowedBy(r.policies, "form-action", a, r.doc):
		outcome = Blocked
	case !r.secure:
		outcome = Loaded
	}
	fd := element(t, attribute, ref, FormTarget, toAnything)
	fd.certain = false // somebody has to send it
	r.add(fd, a, outcome)
}
