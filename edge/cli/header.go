// The caller's own header fields: where they come from and which are refused.

package cli

import (
	"bufio"
	"io"
	"os"
	"strings"

	"golang.org/x/net/http/httpguts"

	"middlebrick/httphead"
	"middlebrick/scan"
)

// parseHeader reads "Name: value". Errors name the field, never its value.
func parseHeader(typed, flag string) (httphead.Field, error) {
	name, value, ok := strings.Cut(typed, ":")
	name, value = strings.TrimRight(name, " \t"), strings.Trim(value, " \t")
	switch {
	case strings.ContainsAny(typed, "\r\n\x00"):
		return httphead.Field{}, usagef("%s: a header holds a line break or NUL, which would end it early; remove it", flag)
	case !ok:
		return httphead.Field{}, usagef("%s: a header without a colon; write it as 'Name: value'", flag)
	case !httpguts.ValidHeaderFieldName(name):
		return httphead.Field{}, usagef("%s: %q is not a header name (RFC 9110 section 5.1); use letters, digits and -", flag, name)
	case !httpguts.ValidHeaderFieldValue(value):
		return httphead.Field{}, usagef("%s: the value of %s holds a control character; remove it", flag, name)
	}
	if reason := scan.Refused(name); reason != "" {
		return httphead.Field{}, usagef("%s: %s cannot be set: %s", flag, name, reason)
	}
	return httphead.Field{Name: name, Value: value}, nil
}

// maxHeaderFile bounds a header file, in bytes; servers take no more.
const maxHeaderFile = 64 << 10

// headerFile reads one "Name: value" a line; empty lines and lines that begin
// with # are passed over.
func (a *app) headerFile(path string) ([]httphead.Field, error) {
	in := a.In
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, usagef("--header-file: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxHeaderFile+1))
	if err != nil {
		return nil, usagef("--header-file: reading %s: %w", path, err)
	}
	if len(text) > maxHeaderFile {
		return nil, usagef("--header-file: %s is larger than %d bytes", path, maxHeaderFile)
	}
	var fields []httphead.Field
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	lines.Buffer(nil, maxHeaderFile+1)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		field, err := parseHeader(line, "--header-file")
		if err != nil {
			return nil, err
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// secret is true for fields whose value is worth keeping out of the shell's
// history and of the process list.
func secret(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"auth", "cookie", "token", "secret", "key", "password", "session"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
