// The published JSON Schema of the document, as the command line prints it and
// the tests hold the renderers to it.

package report

import _ "embed"

// SchemaJSON is the JSON Schema (2020-12) of the document, for middlebrick.scan/1.0.
// Members that it does not name are allowed, for minor versions add some.
//
//go:embed schema.json
var SchemaJSON []byte
