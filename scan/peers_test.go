// The benchmark: six servers, asked by us and by the tools that people use today,
// in the same minutes, near and far. Run by: make bench

package scan_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"syscall"
	"testing"
	"time"

	"middlebrick/observe"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
	"middlebrick/testbed/slow"
)

// A peer is a scanner, what it is asked to do, and how many times: the slowest
// are asked once.
type peer struct {
	name, program string
	args          []string
	pairs         *regexp.Regexp // one match for each version and suite in its output
	sees          string
	once          bool
}

func peers(ours string) []peer {
	nmap := []string{"-Pn", "-n", "-p", "443", "--script"}
	whole := []string{"scan", slow.Origin(443), "--http-port", "80", "--format", "json", "--quiet", "--timeout", "60s"}
	return []peer{
		{name: "middlebrick", program: ours, args: whole, sees: "the whole Encryption check"},
		{name: "… ten at once", program: ours, args: append(whole, "--parallel", "10"), sees: "the same"},
		{name: "sslscan", program: "sslscan", args: []string{"--no-colour", slow.Server + ":443"},
			pairs: regexp.MustCompile(`(?m)^(Accepted|Preferred) `), sees: "versions, suites, groups, Heartbleed"},
		{name: "nmap suites", program: "nmap", args: append(nmap, "ssl-enum-ciphers,ssl-cert", slow.Server),
			pairs: regexp.MustCompile(`(?m)^\|       (TLS|SSL)_\S+ `), sees: "versions, suites, certificate"},
		{name: "nmap all", program: "nmap", args: append(nmap, "ssl-*,tls-*,sslv2*", slow.Server),
			pairs: regexp.MustCompile(`(?m)^\|       (TLS|SSL2?)_\S+ `), sees: "versions, suites, certificate, faults"},
		{name: "sslyze", program: "sslyze", args: []string{slow.Server + ":443"}, sees: "most"},
		{name: "testssl.sh", program: "testssl", args: []string{"--quiet", "--color", "0", "--warnings", "off", "--ip", "one", slow.Server + ":443"},
			sees: "nearly everything", once: true},
	}
}

// run is the cost of one run of one peer, and how many pairs it found.
type run struct {
	wall, cpu   time.Duration
	connections int
	memory      int64 // peak, KiB
	pairs       int
}

func measure(b *testing.B, link *slow.Link, p peer) run {
	b.Helper()
	link.Connections()
	command := link.Command(p.program, p.args...)
	var output, faults bytes.Buffer
	command.Stdout, command.Stderr = &output, &faults
	begun := time.Now()
	err := command.Run()
	wall := time.Since(begun)
	if code := command.ProcessState.ExitCode(); err != nil && p.pairs == nil && !p.once && code > 1 {
		b.Fatalf("%s: %v\n%s", p.name, err, faults.Bytes())
	}
	usage := command.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return run{wall, cpu, link.Connections(), usage.Maxrss, pairs(p, output.Bytes())}
}

// pairs counts the versions and suites that an output tells of.
func pairs(p peer, output []byte) (sum int) {
	if p.pairs != nil {
		return len(p.pairs.FindAll(output, -1))
	}
	var report struct {
		TLS struct{ Suites observe.Suites } `json:"tls"`
	}
	if json.Unmarshal(output, &report) != nil {
		return 0
	}
	for _, list := range report.TLS.Suites.Versions {
		sum += len(list.Suites)
	}
	return sum
}

// median of the walls; the other figures of the same run.
func median(runs []run) run {
	sort.Slice(runs, func(i, j int) bool { return runs[i].wall < runs[j].wall })
	return runs[len(runs)/2]
}

// benched are the servers, from the newest to the oldest.
func benched() []member {
	rsa := ca.New().GoodRSA(slow.Server)
	return []member{
		{"nginx, TLS 1.3 only", false, func(t testing.TB) *lab.Server {
			return lab.StartNginx(t, lab.Nginx{Pair: rsa, Server: lab.NginxModern})
		}},
		{"nginx, Mozilla's intermediate", false, startIntermediate},
		{"Go's default", false, func(t testing.TB) *lab.Server { return startGo(t, &tls.Config{}) }},
		{"nginx, TLS 1.0 to 1.3, @SECLEVEL=0", false, func(t testing.TB) *lab.Server {
			return lab.StartNginx(t, lab.Nginx{Pair: rsa, Server: lab.NginxWeakTLS})
		}},
		{"Java 17, legacy algorithms enabled", false, func(t testing.TB) *lab.Server { return lab.StartJava(t, lab.Java{}) }},
		{"Node 0.10, SSLv2 to TLS 1.2", false, func(t testing.TB) *lab.Server { return lab.StartNode(t, lab.Node{}) }},
	}
}

// BenchmarkPeers prints the tables; its own ns/op means nothing. Each server has a
// network namespace of its own.
func BenchmarkPeers(b *testing.B) {
	lab.Needs(b, "nginx", "sslscan", "nmap", "java")
	ours := filepath.Join(b.TempDir(), "middlebrick")
	if text, err := exec.Command("go", "build", "-o", ours, "../cmd/middlebrick").CombinedOutput(); err != nil {
		b.Fatalf("building: %v\n%s", err, text)
	}
	for i := range benched() {
		inside(b, ours, i, 50*time.Millisecond)
	}
	inside(b, ours, 1, 0)
}

// inside runs BenchmarkPeer in a namespace.
func inside(b *testing.B, ours string, server int, round time.Duration) {
	b.Helper()
	command := exec.Command("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\"",
		os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkPeer$", "-test.benchtime=1x", "-test.timeout=1h")
	command.Env = append(os.Environ(), "LAB_BENCH="+ours, fmt.Sprintf("LAB_SERVER=%d", server), "LAB_ROUND="+round.String())
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Run(); err != nil {
		b.Fatalf("in a namespace: %v\n%s", err, output.Bytes())
	}
	tables, _, _ := bytes.Cut(output.Bytes(), []byte("goos:"))
	fmt.Printf("%s", tables)
}

// BenchmarkPeer is one table; it runs inside of BenchmarkPeers.
func BenchmarkPeer(b *testing.B) {
	ours := os.Getenv("LAB_BENCH")
	if ours == "" {
		b.Skip("runs inside of BenchmarkPeers")
	}
	server, err := strconv.Atoi(os.Getenv("LAB_SERVER"))
	if err != nil {
		b.Fatal(err)
	}
	round, err := time.ParseDuration(os.Getenv("LAB_ROUND"))
	if err != nil {
		b.Fatal(err)
	}
	table(b, ours, benched()[server], round)
}

// table asks one server over a link. With BENCH_QUICK set, the slowest peers are
// left out.
func table(b *testing.B, ours string, m member, round time.Duration) {
	link := slow.Join(b, round/2)
	server := m.start(b)
	relay(b, slow.Server+":443", server.TLS)
	redirects(b, slow.Server+":80")
	var first run
	fmt.Printf("\n%s, round trip %v\n", m.name, round)
	fmt.Printf("%-15s %8s %7s %6s %6s %8s %8s %9s  %s\n", "", "wall s", "ratio", "conns", "pairs", "CPU s", "peak MB", "CPU ratio", "sees")
	for i, p := range peers(ours) {
		if os.Getenv("BENCH_OURS") != "" && i > 0 {
			break
		}
		if _, err := exec.LookPath(p.program); err != nil || p.once && os.Getenv("BENCH_QUICK") != "" {
			fmt.Printf("%-15s is not installed, or was left out\n", p.name)
			continue
		}
		runs := []run{measure(b, link, p)}
		for len(runs) < 3 && !p.once {
			runs = append(runs, measure(b, link, p))
		}
		r := median(runs)
		if i == 0 {
			first = r
		}
		seen := fmt.Sprint(r.pairs)
		if r.pairs == 0 {
			seen = "–"
		}
		fmt.Printf("%-15s %8.2f %6.1fx %6d %6s %8.3f %8.1f %8.1fx  %s\n", p.name, r.wall.Seconds(), r.wall.Seconds()/first.wall.Seconds(),
			r.connections, seen, r.cpu.Seconds(), float64(r.memory)/1024, r.cpu.Seconds()/first.cpu.Seconds(), p.sees)
	}
}

// relay hands connections on, from an address of the link to a server on loopback.
func relay(b *testing.B, from, to string) {
	b.Helper()
	listener, err := net.Listen("tcp", from)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go join(near, to)
		}
	}()
}

// join copies both ways; each end that is closed is closed on the other side.
func join(near net.Conn, to string) {
	defer near.Close()
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.(*net.TCPConn).CloseWrite()
		close(done)
	}()
	_, _ = io.Copy(near, far)
	_ = near.(*net.TCPConn).CloseWrite()
	<-done
}

// redirects answers plain HTTP as a well-kept site does.
func redirects(b *testing.B, on string) {
	b.Helper()
	listener, err := net.Listen("tcp", on)
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: http.RedirectHandler("https://"+slow.Server+"/", http.StatusMovedPermanently)}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { server.Close() })
}
