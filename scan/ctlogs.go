// The list of certificate transparency logs, as a file that the user has.

package scan

import (
	"fmt"
	"io"

	"middlebrick/certread"
)

// maxCTLogs bounds the file, in bytes; the public one has some 100 KiB.
const maxCTLogs = 8 << 20

// ReadCTLogs reads a log list of version 3, the JSON that is published for user
// agents, and gives it as Request.CTLogs wants it, with its name and date. It
// fails where the file is none.
func ReadCTLogs(in io.Reader) (list []byte, name string, err error) {
	list, err = io.ReadAll(io.LimitReader(in, maxCTLogs+1))
	if err != nil {
		return nil, "", fmt.Errorf("reading log list: %w", err)
	}
	if len(list) > maxCTLogs {
		return nil, "", fmt.Errorf("reading log list: it is larger than %d bytes", maxCTLogs)
	}
	logs, err := certread.ParseLogs(list)
	if err != nil {
		return nil, "", err
	}
	return list, logs.Name(), nil
}
