// Command webbuild makes dist of source: style sheets and scripts joined, made
// small and named after what is in them, so that a browser may keep them for ever.
// Run it by go generate; dist is committed, for neither a build nor a test of
// middlebrick needs npm.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"middlebrick/edge/web/assets/internal/manifest"
)

func main() {
	if err := build("."); err != nil {
		fmt.Fprintln(os.Stderr, "webbuild:", err)
		os.Exit(1)
	}
}

// entries are what a page may ask for.
var entries = []string{"style/app.css", "script/app.js", "script/chart.js", "script/live.js", "mark.svg"}

func build(dir string) error {
	ready, err := dependencies(dir)
	if err != nil || !ready {
		return err
	}
	made := api.Build(options(dir))
	if len(made.Errors) > 0 {
		text := api.FormatMessages(made.Errors, api.FormatMessagesOptions{})
		return errors.New(strings.Join(text, ""))
	}
	return write(dir, made.OutputFiles)
}

// options target browsers that know light-dark() and popovers: of 2024 and later.
func options(dir string) api.BuildOptions {
	var points []string
	for _, entry := range entries {
		points = append(points, filepath.Join(dir, "source", entry))
	}
	return api.BuildOptions{
		EntryPoints: points, Outdir: filepath.Join(dir, "dist"), Outbase: filepath.Join(dir, "source"),
		Bundle: true, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Format: api.FormatESModule, Target: api.ES2022, LegalComments: api.LegalCommentsInline, Charset: api.CharsetUTF8,
		Loader: map[string]api.Loader{".svg": api.LoaderCopy}, LogLevel: api.LogLevelSilent,
	}
}

// dependencies sees to it that the packages of package-lock.json are there, with
// the digests that it names. Without npm it says so, and dist stays as it is.
func dependencies(dir string) (ready bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "uplot", "package.json")); err == nil {
		return true, nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		fmt.Fprintln(os.Stderr, "webbuild: npm is not here, so dist is left as it is; a test holds it against its sources")
		return false, nil
	}
	cmd := exec.Command("npm", "ci", "--silent", "--ignore-scripts")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	if err := cmd.Run(); err != nil {
		return false, fmt.Errorf("running npm ci: %w", err)
	}
	return true, nil
}

// write replaces dist by the built files and the list of them.
func write(dir string, files []api.OutputFile) error {
	dist := filepath.Join(dir, "dist")
	from, err := manifest.From(os.DirFS(dir))
	if err != nil {
		return err
	}
	list := manifest.Manifest{From: from, Files: map[string]string{}}
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for _, file := range files {
		sum := sha256.Sum256(file.Contents)
		name := filepath.Base(file.Path)
		ext := filepath.Ext(name)
		list.Files[name] = strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
		if err := os.WriteFile(filepath.Join(dist, list.Files[name]), file.Contents, 0o644); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dist, "manifest.json"), append(text, '\n'), fs.FileMode(0o644))
}
