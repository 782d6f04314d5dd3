// What a whole scan costs this process: the CPU of a complete scan of a server on
// loopback, judged and assembled.

package scan_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"middlebrick/scan"
	"middlebrick/target"
)

// crowd starts that many TLS servers, one on each address from 127.1.0.1 on, in a
// process of their own: what they spend is not counted as ours.
func crowd(tb testing.TB, count, port int) {
	tb.Helper()
	binary := filepath.Join(tb.TempDir(), "crowd")
	if out, err := exec.Command("go", "build", "-o", binary, "middlebrick/testbed/crowd").CombinedOutput(); err != nil {
		tb.Fatalf("building the servers: %v\n%s", err, out)
	}
	servers := exec.Command(binary, "-count", strconv.Itoa(count), "-port", strconv.Itoa(port))
	servers.Stderr = os.Stderr
	hold, err := servers.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	said, err := servers.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := servers.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		hold.Close()
		_ = servers.Wait()
	})
	if line, err := bufio.NewReader(said).ReadString('\n'); line != "ready\n" {
		tb.Fatalf("the servers did not start: %q, %v", line, err)
	}
}

// spent is the CPU time of this process until now, in user and kernel mode.
func spent(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkWholeScan is a complete scan, judged, of a Go server with an ECDSA
// certificate, its CPU in milliseconds a scan.
func BenchmarkWholeScan(b *testing.B) {
	crowd(b, 1, 18443)
	t, err := target.Parse("https://127.1.0.1:18443/")
	if err != nil {
		b.Fatal(err)
	}
	connections := 0
	before := spent(b)
	for b.Loop() {
		rec, err := scan.Run(b.Context(), scan.Request{Target: t}, func(scan.Event) {})
		if err != nil {
			b.Fatal(err)
		}
		if r := scan.Judge(rec, nil); r.Overall == nil {
			b.Fatalf("no score: %s", r.Withheld)
		}
		connections = rec.End.Cost.Connections
	}
	b.ReportMetric(float64(spent(b)-before)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(connections), "connections/op")
}
