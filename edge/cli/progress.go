// Progress, on stderr: one live line on a terminal, and in a pipe at most one
// plain line every ten seconds.

package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"middlebrick/report/render"
	"middlebrick/scan"
)

// quietFor is the least time between two lines in a pipe.
const quietFor = 10 * time.Second

var spinner = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

var asciiSpinner = []string{"|", "/", "-", `\`}

// progress is safe for use by many probes at once. Its zero value says nothing.
type progress struct {
	out    io.Writer
	live   bool
	screen render.Screen
	now    func() time.Time

	mu       sync.Mutex
	begun    time.Time
	last     time.Time // of the last line in a pipe
	frame    int
	done     int
	total    int
	findings int
	text     string
	ended    bool
	stop     chan struct{}
}

// newProgress says at once what is being scanned; quiet progress says nothing.
func (a *app) newProgress(url string, quiet bool) *progress {
	if quiet {
		return &progress{}
	}
	p := &progress{out: a.Err, live: a.ErrTTY && !a.dumb(), screen: a.errScreen(), now: a.Now, text: "starting", stop: make(chan struct{})}
	p.begun = p.now()
	if !p.live {
		p.last = p.begun
		fmt.Fprintln(p.out, p.screen.Line("middlebrick: scanning "+url))
		return p
	}
	p.draw()
	go p.spin(time.NewTicker(100 * time.Millisecond))
	return p
}

func (p *progress) spin(ticker *time.Ticker) {
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			p.mu.Lock()
			p.frame++
			p.draw()
			p.mu.Unlock()
		}
	}
}

// tell takes one event of the scan.
func (p *progress) tell(e scan.Event) {
	if p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = max(p.done, e.Done), max(p.total, e.Total)
	if e.Kind == "finding" {
		p.findings++
	}
	if says := label(e); says != "" {
		p.text = says
	}
	if p.live {
		p.draw()
		return
	}
	if now := p.now(); now.Sub(p.last) >= quietFor && !p.ended {
		p.last = now
		fmt.Fprintln(p.out, p.screen.Line(fmt.Sprintf("middlebrick: %s: %s", p.count(), p.text)))
	}
}

// words are what people call the probes.
var words = map[string]string{
	"resolve": "name and addresses", "ports": "what the ports speak", "tlsversions": "TLS versions", "tlssuites": "cipher suites",
	"tlsgroups": "key exchange groups", "certchain": "certificate chain", "exchange": "pages over https and http",
	"redirects": "redirects to https", "cookies": "cookies", "hsts": "HSTS", "hstsonhttp": "HSTS over http", "links": "links in answers",
	"loads": "what pages load", "ownscheme": "the scheme that the application believes in", "forgedhost": "forged Host",
	"debugger": "debugger", "stack": "software", "audience": "who uses it",
}

func label(e scan.Event) string {
	name := e.Name
	if said := words[name]; said != "" {
		name = said
	}
	switch {
	case name == "":
		return e.Text
	case e.Text == "" || e.Text == e.Name:
		return name
	}
	return name + ": " + e.Text
}

func (p *progress) count() string {
	says := fmt.Sprintf("%d of %d probes", p.done, p.total)
	if p.findings > 0 {
		says += fmt.Sprintf(", %d findings", p.findings)
	}
	return says
}

// draw writes the live line over the last one.
func (p *progress) draw() {
	if p.ended {
		return
	}
	frames := spinner
	if p.screen.ASCII {
		frames = asciiSpinner
	}
	elapsed := p.now().Sub(p.begun).Seconds()
	head := fmt.Sprintf("  %s %.1f s  ", frames[p.frame%len(frames)], elapsed)
	if p.total > 0 {
		head += fmt.Sprintf("%d/%d  ", p.done, p.total)
	}
	const tail = "   Ctrl-C stops"
	room := p.screen.Width - 1 - len([]rune(head)) - len(tail)
	fmt.Fprintf(p.out, "\r%s\x1b[K", p.screen.Cut(head+p.screen.Cut(p.screen.Escape(p.text), max(room, 3))+tail, p.screen.Width-1))
}

// finish takes the live line away; nothing is written after it.
func (p *progress) finish() {
	if p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	close(p.stop)
	if p.live {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
