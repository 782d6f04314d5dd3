// Which build this is.

package cli

import (
	"runtime/debug"

	"middlebrick/scan"
)

// Version is the engine's version with the commit that it was built from, where
// the build knows it.
func Version(info *debug.BuildInfo) string {
	if info == nil {
		return scan.Version
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	version := scan.Version
	if revision := set["vcs.revision"]; revision != "" {
		version += "+" + revision[:min(12, len(revision))]
	}
	if set["vcs.modified"] == "true" {
		version += ".dirty"
	}
	return version
}
