// The keys: which there are, what they take, and where they may stand. Reader,
// schema and documentation follow from this one table.

package config

// kind is the form of a key's value.
type kind int

const (
	text       kind = iota
	path            // of a file, from the configuration file's own folder
	integer         // a whole number
	number          // any number
	percent         // a whole number, or "95%"
	boolean         //
	texts           // one text, or a list
	paths           // one path, or a list
	policies        // names of policies, or paths
	thresholds      // one number, or a number for each check
	headers         // name and value, or name and {env: VARIABLE}
	ignores         // what is accepted
	identities      // users, each with a name and headers
	targets         //
)

// where a key may stand.
type where int

const (
	anywhere where = iota
	inTarget       // it says something about one target
	atTop
)

type key struct {
	name  string
	kind  kind
	where where
	says  string
}

// keys are named after the flags of scan. No key says where reports are written: a
// file that comes with a repository writes nothing.
var keys = []key{
	{"name", text, inTarget, "what the target is called; middlebrick scan NAME scans it alone"},
	{"url", text, inTarget, "the target, as https://host/path"},
	{"method", text, anywhere, "method of the target's own request: GET, HEAD or OPTIONS"},
	{"threshold", thresholds, anywhere, "least score: one number, or a number for overall and for each check"},
	{"fail-on", text, anywhere, "fail on an open finding of this severity or worse"},
	{"min-coverage", percent, anywhere, "least share of rules that must be answered, in percent"},
	{"policy", policies, anywhere, "TLS policies to hold the target against: names or files"},
	{"baseline", path, anywhere, "fail only on findings that are not in this file"},
	{"ignore", ignores, anywhere, "findings that are accepted for a while"},
	{"headers", headers, inTarget, "header fields; a secret is named by its environment variable: {env: NAME}"},
	{"header-file", path, inTarget, "header fields, one a line, from this file"},
	{"ca-file", paths, anywhere, "also trust the authorities in these PEM files"},
	{"resolve", texts, anywhere, "use an address for a name: HOST:PORT:ADDR"},
	{"audience", text, anywhere, "who uses the target: browser or program"},
	{"https-port", integer, inTarget, "port of the https form, where it is not the usual one"},
	{"http-port", integer, inTarget, "port of the http form, where it is not the usual one"},
	{"timeout", text, anywhere, "longest time for the whole scan, as 30s or 2m"},
	{"parallel", integer, anywhere, "connections at once, 1 to 32"},
	{"rate", number, anywhere, "connections a second at most"},
	{"preload-list", path, anywhere, "HSTS preload list"},
	{"ct-logs", path, anywhere, "list of certificate transparency logs"},
	{"ask-ca", boolean, anywhere, "also ask the certificate's authority whether it was revoked"},
	{"spec", text, inTarget, "OpenAPI description of the target; not used yet"},
	{"identities", identities, inTarget, "users to compare with one another; not used yet"},
	{"targets", targets, atTop, "what middlebrick scan without a URL scans"},
}

// plural are second spellings.
var plural = map[string]string{"thresholds": "threshold", "policies": "policy", "ca-files": "ca-file"}

func find(name string) (key, bool) {
	if singular, ok := plural[name]; ok {
		name = singular
	}
	for _, k := range keys {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

// stands is true when the key may stand at the top of the file, or in a target.
func (k key) stands(top bool) bool {
	return k.where == anywhere || (k.where == atTop) == top
}

// names are the keys that may stand there.
func names(top bool) []string {
	var all []string
	for _, k := range keys {
		if k.stands(top) {
			all = append(all, k.name)
		}
	}
	return all
}

// Keys are the settings that a flag of the same name has.
func Keys() []string {
	var all []string
	for _, k := range keys {
		switch k.kind {
		case headers, ignores, identities, targets:
			continue
		}
		if k.name != "name" && k.name != "url" && k.name != "spec" {
			all = append(all, k.name)
		}
	}
	return all
}
