// Facts about the compression of what is sent over https.

package observe

// Compressed is what the https form does when it is told that the client reads
// compressed bodies.
var Compressed = newKey[Compression]("https.compression")

// Compression is the answer to one GET with Accept-Encoding. Absent says why there
// is no https form, "" when there is.
type Compression struct {
	Absent   string `json:"absent"`
	URL      string `json:"url"`
	Status   int    `json:"status"`
	Asked    string `json:"asked"`    // the value of Accept-Encoding
	Encoding string `json:"encoding"` // of Content-Encoding, lower case; empty when there is none
	Bytes    int    `json:"bytes"`    // of the body as it was sent
	Ref      Ref    `json:"ref"`
}
