// The benchmark: one nginx, asked by us and by the tools that people use today,
// in the same minutes, near and far. Run by: make bench

package scan_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"syscall"
	"testing"
	"time"

	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
	"middlebrick/testbed/slow"
)

// A peer is a scanner and what it is asked to do.
type peer struct {
	name  string
	args  []string
	sees  string
	found bool
}

func peers(ours string) []peer {
	all := []peer{
		{name: ours, args: []string{"scan", slow.Origin(443), "--http-port", "80", "--format", "json", "--quiet"}, sees: "the whole Encryption check"},
		{name: "sslscan", args: []string{"--no-colour", slow.Server + ":443"}, sees: "versions, suites, groups, Heartbleed"},
		{name: "nmap", args: []string{"-Pn", "-n", "-p", "443", "--script", "ssl-enum-ciphers", slow.Server}, sees: "versions, suites"},
	}
	for i := range all {
		_, err := exec.LookPath(all[i].name)
		all[i].found = err == nil
	}
	return all
}

// run is the cost of one run of one peer.
type run struct {
	wall, cpu   time.Duration
	connections int
	memory      int64 // peak, KiB
}

func measure(b *testing.B, link *slow.Link, p peer) run {
	b.Helper()
	link.Connections()
	command := link.Command(p.name, p.args...)
	begun := time.Now()
	output, err := command.CombinedOutput()
	wall := time.Since(begun)
	if code := command.ProcessState.ExitCode(); err != nil && code != 0 && code != 1 {
		b.Fatalf("%s: %v\n%s", p.name, err, output)
	}
	usage := command.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return run{wall, cpu, link.Connections(), usage.Maxrss}
}

// median of the walls; the other figures of the same run.
func median(runs []run) run {
	sort.Slice(runs, func(i, j int) bool { return runs[i].wall < runs[j].wall })
	return runs[len(runs)/2]
}

const intermediate = "ssl_protocols TLSv1.2 TLSv1.3;\nssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305;\n"

// BenchmarkPeers prints the table; its own ns/op means nothing.
func BenchmarkPeers(b *testing.B) {
	lab.Needs(b, "nginx", "sslscan", "nmap")
	if os.Getenv("LAB_BENCH") == "" {
		inside(b)
		return
	}
	ours := filepath.Join(b.TempDir(), "middlebrick")
	if text, err := exec.Command("go", "build", "-o", ours, "../cmd/middlebrick").CombinedOutput(); err != nil {
		b.Fatalf("building: %v\n%s", err, text)
	}
	for _, round := range []time.Duration{0, 50 * time.Millisecond} {
		b.Run(fmt.Sprintf("rtt=%v", round), func(b *testing.B) { table(b, ours, round) })
	}
}

// inside runs the benchmark again in a network namespace of its own.
func inside(b *testing.B) {
	command := exec.Command("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\"",
		os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkPeers$", "-test.benchtime=1x")
	command.Env = append(os.Environ(), "LAB_BENCH=1")
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		b.Fatalf("in a namespace: %v", err)
	}
}

func table(b *testing.B, ours string, round time.Duration) {
	link := slow.Join(b, round/2)
	pair := ca.New().GoodRSA(slow.Server)
	listen := "server { listen " + slow.Server + ":443 ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem; " + intermediate + "root www; }\n" +
		"server { listen " + slow.Server + ":80; return 301 https://" + slow.Server + "$request_uri; }\n"
	lab.StartNginx(b, lab.Nginx{Pair: pair, HTTP: listen})
	var first run
	fmt.Printf("\nround trip %v, nginx with Mozilla's intermediate configuration, median of 3\n", round)
	fmt.Printf("%-12s %9s %6s %6s %8s %8s   %-12s %s\n", "", "wall s", "ratio", "conns", "CPU s", "peak MB", "CPU ratio", "sees")
	for i, p := range peers(ours) {
		if !p.found {
			fmt.Printf("%-12s is not installed\n", p.name)
			continue
		}
		runs := []run{}
		for range 3 {
			runs = append(runs, measure(b, link, p))
		}
		m := median(runs)
		if i == 0 {
			first = m
		}
		fmt.Printf("%-12s %9.3f %5.1fx %6d %8.3f %8.1f   %-12s %s\n", filepath.Base(p.name), m.wall.Seconds(), m.wall.Seconds()/first.wall.Seconds(),
			m.connections, m.cpu.Seconds(), float64(m.memory)/1024, fmt.Sprintf("%.1fx", m.cpu.Seconds()/first.cpu.Seconds()), p.sees)
	}
}
