// Command testsummary runs go test and says in few lines what came of it.
//
//	go run ./scripts/testsummary [-skips FILE] [-strict] -- [go test arguments]
//
// It prints what failed with its output, what was skipped with its reason,
// and ends with a line such as "123 passed, 0 failed, 4 skipped". With
// -strict a skip that FILE does not expect is a failure. It exits with 1 when
// anything failed and with 2 when go test could not be run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	skips := flag.String("skips", "", "file of the skips that are expected, \"package Test\" a line")
	strict := flag.Bool("strict", false, "fail on a skip that is not expected")
	flag.Parse()
	failed, err := run(*skips, *strict, flag.Args(), os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
		os.Exit(2)
	}
	if failed {
		os.Exit(1)
	}
}

// run runs go test with the arguments and reports to out.
func run(skips string, strict bool, args []string, out, problems io.Writer) (failed bool, err error) {
	expected, err := readExpected(skips)
	if err != nil {
		return false, err
	}
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = problems
	events, err := cmd.StdoutPipe()
	if err != nil {
		return false, fmt.Errorf("opening the output of go test: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return false, fmt.Errorf("starting go test: %w", err)
	}
	summary, readErr := read(events, out)
	// An event that cannot be read must not leave go test blocked on its pipe.
	io.Copy(io.Discard, events)
	waitErr := cmd.Wait()
	var ended *exec.ExitError
	if waitErr != nil && !errors.As(waitErr, &ended) {
		return false, fmt.Errorf("running go test: %w", waitErr)
	}
	if readErr != nil {
		return false, readErr
	}
	if waitErr != nil && summary.failed() == 0 {
		summary.blame("go test", waitErr.Error())
	}
	return summary.report(out, expected, strict), nil
}

// readExpected reads the list; an empty name is an empty list.
func readExpected(name string) (map[string]bool, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the expected skips: %w", err)
	}
	return parseExpected(string(text)), nil
}
