// The mass benchmark: 2,000 targets on loopback addresses, complete Encryption
// checks, beside the tools that others use, on the same targets in the same
// minutes. It is run by hand: make bench-mass.

package scan_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	massTargets = flag.Int("mass", 2000, "targets of BenchmarkMass")
	massOthers  = flag.Int("mass-others", 200, "targets that the other tools are given in BenchmarkMass")
)

const massPort = 18444

// A tally is what one tool needed.
type massTally struct {
	tool          string
	targets       int
	wall, cpu     time.Duration
	early, late   int64 // resident memory at the 100th and at the last target, KiB
	peak          int64
	sees, missing string
}

func BenchmarkMass(b *testing.B) {
	crowd(b, *massTargets, massPort)
	addresses := make([]string, 0, *massTargets)
	for at := netip.MustParseAddr("127.1.0.1"); len(addresses) < *massTargets; at = at.Next() {
		addresses = append(addresses, at.String())
	}
	others := addresses[:min(len(addresses), *massOthers)]
	for b.Loop() {
		all := []massTally{oursMany(b, addresses)}
		all = append(all, nmap(b, others), sslscan(b, others))
		if _, err := exec.LookPath("sslyze"); err != nil {
			all = append(all, massTally{tool: "sslyze", missing: "not installed"})
		}
		b.ReportMetric(float64(all[0].targets)/all[0].wall.Seconds(), "targets/s")
		b.ReportMetric(float64(all[0].cpu.Milliseconds())/float64(all[0].targets), "cpu-ms/target")
		fmt.Print(massTable(all))
	}
}

func massTable(all []massTally) string {
	var out strings.Builder
	fmt.Fprintf(&out, "\n%-26s %8s %10s %14s %10s %10s  %s\n", "tool", "targets", "targets/s", "CPU ms/target", "speed ×", "CPU ×", "sees")
	first := all[0]
	rate := func(t massTally) float64 { return float64(t.targets) / t.wall.Seconds() }
	each := func(t massTally) float64 { return float64(t.cpu.Microseconds()) / 1000 / float64(t.targets) }
	for _, t := range all {
		if t.missing != "" {
			fmt.Fprintf(&out, "%-26s %s\n", t.tool, t.missing)
			continue
		}
		fmt.Fprintf(&out, "%-26s %8d %10.1f %14.1f %10.2f %10.2f  %s\n", t.tool, t.targets, rate(t), each(t), rate(first)/rate(t), each(t)/each(first), t.sees)
	}
	fmt.Fprintf(&out, "resident memory: %.1f MiB at the 100th target, %.1f MiB at the last, %.1f MiB at its peak\n", float64(first.early)/1024, float64(first.late)/1024, float64(first.peak)/1024)
	return out.String()
}

// oursMany is the real binary over the list.
func oursMany(b *testing.B, addresses []string) massTally {
	binary, list := filepath.Join(b.TempDir(), "middlebrick"), filepath.Join(b.TempDir(), "list")
	if out, err := exec.Command("go", "build", "-o", binary, "middlebrick/cmd/middlebrick").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var text bytes.Buffer
	for _, address := range addresses {
		fmt.Fprintf(&text, "https://%s:%d/\n", address, massPort)
	}
	if err := os.WriteFile(list, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	run := exec.Command(binary, "scan", "--list", list, "-q")
	out, err := run.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	if err := run.Start(); err != nil {
		b.Fatal(err)
	}
	t := massTally{tool: "middlebrick scan --list", sees: "all Encryption checks, with HTTP"}
	in := bufio.NewReaderSize(out, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		if !isReport(b, line) {
			continue
		}
		t.targets++
		if t.targets == 100 {
			t.early = resident(run.Process.Pid)
		}
		if t.targets == len(addresses) {
			t.late = resident(run.Process.Pid)
		}
	}
	_ = run.Wait()
	t.wall, t.cpu = time.Since(begun), run.ProcessState.UserTime()+run.ProcessState.SystemTime()
	if usage, ok := run.ProcessState.SysUsage().(*syscall.Rusage); ok {
		t.peak = usage.Maxrss
	}
	if t.targets != len(addresses) {
		b.Errorf("%d of %d targets were scanned", t.targets, len(addresses))
	}
	return t
}

// isReport is true for a target's line, which must be of one that was looked at.
func isReport(b *testing.B, line []byte) bool {
	var l struct {
		Kind     string `json:"kind"`
		Coverage struct {
			Ran int `json:"ran"`
		} `json:"coverage"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		b.Fatal(err)
	}
	if l.Kind == "report" && l.Coverage.Ran == 0 {
		b.Errorf("a target was not looked at: %.300s", line)
	}
	return l.Kind == "report"
}

// resident is the process's memory in KiB; 0 where the system does not say.
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()) / 1024
}

// nmap is ssl-enum-ciphers, as many hosts at a time as it likes.
func nmap(b *testing.B, addresses []string) massTally {
	list := filepath.Join(b.TempDir(), "hosts")
	if err := os.WriteFile(list, []byte(strings.Join(addresses, "\n")), 0o600); err != nil {
		b.Fatal(err)
	}
	return timed(b, "nmap ssl-enum-ciphers", "versions and suites", len(addresses), [][]string{
		{"nmap", "-n", "-Pn", "-T5", "--min-hostgroup", "256", "-p", strconv.Itoa(massPort), "--script", "ssl-enum-ciphers", "-iL", list},
	})
}

// sslscan takes one target after the other.
func sslscan(b *testing.B, addresses []string) massTally {
	var runs [][]string
	for _, address := range addresses {
		runs = append(runs, []string{"sslscan", "--no-colour", fmt.Sprintf("%s:%d", address, massPort)})
	}
	return timed(b, "sslscan", "versions, suites, groups, certificate", len(addresses), runs)
}

func timed(b *testing.B, tool, sees string, targets int, runs [][]string) massTally {
	t := massTally{tool: tool, sees: sees, targets: targets}
	if _, err := exec.LookPath(runs[0][0]); err != nil {
		t.missing = "not installed"
		return t
	}
	begun := time.Now()
	found := 0
	for _, args := range runs {
		run := exec.Command(args[0], args[1:]...)
		out, err := run.Output()
		if err != nil {
			b.Errorf("%s: %v", tool, err)
		}
		found += max(bytes.Count(out, []byte("TLSv1.2:")), min(bytes.Count(out, []byte("TLSv1.2   enabled")), 1))
		t.cpu += run.ProcessState.UserTime() + run.ProcessState.SystemTime()
	}
	t.wall = time.Since(begun)
	if found < targets {
		t.sees += fmt.Sprintf(" (of %d targets only)", found)
	}
	return t
}
