// A terminal shows text: a format that is none needs a file, or a pipe.

package cli

import "middlebrick/report/render"

// textOnly refuses a binary format whose place is the terminal, before anything is
// asked of the target.
func (a *app) textOnly(outs []*output) error {
	for _, out := range outs {
		if out.path == "" && a.OutTTY && render.Binary(out.format) {
			return usagef("%s is no text, and stdout is a terminal; write it to a file: -o %s=report.%s", out.format, out.format, out.format)
		}
	}
	return nil
}
