// The page of a run that judged nothing, as Markdown.

package render

// Stopped says why nothing was judged, where a report would have been shown.
func Stopped(reason string) []byte {
	return []byte("### ○ middlebrick: nothing was judged\n\n" + prose(reason, 1000) + "\n")
}
