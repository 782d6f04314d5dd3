// scan --list: many targets, one line of JSON for each as it is finished.

package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/scan"
	"middlebrick/target"
)

// listFlags are the flags as typed.
type listFlags struct {
	path     string
	inFlight int
	resume   string
	saveDir  string
}

func (f *listFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.path, "list", "", "scan every target of `FILE`, or - for stdin, one a line; a line of JSON for each")
	flags.IntVar(&f.inFlight, "in-flight", 0, "with --list: targets at a time (default: what this machine bears)")
	flags.StringVar(&f.resume, "resume", "", "with --list: keep in `FILE` which targets are finished, and skip those that it names")
	flags.StringVar(&f.saveDir, "save-dir", "", "with --list: keep each recording in `DIR`")
}

// besides are flags that make no sense with a list, with what to do instead.
var besides = []struct{ flag, instead string }{
	{"baseline", "it knows single targets; scan those that it knows: middlebrick scan URL --baseline FILE"},
	{"watch", "watch one target: middlebrick scan URL --watch"},
	{"watch-file", "watch one target: middlebrick scan URL --watch --watch-file PATH"},
	{"save", "it holds one recording; use --save-dir DIR"},
	{"plan", "plan the scan of one target: middlebrick scan URL --plan"},
	{"header", "a secret for one target would be sent to all; scan that target alone"},
	{"header-file", "a secret for one target would be sent to all; scan that target alone"},
	{"wait-for", "wait for one target: middlebrick scan URL --wait-for 60s"},
	{"https-port", "write the port into the list: https://host:8443/"},
	{"http-port", "write the port into the list: http://host:8080/"},
}

// check holds the arguments to it: a URL or a list, and not both.
func (f *listFlags) check(cmd *cobra.Command, args []string) error {
	for _, name := range []string{"in-flight", "resume", "save-dir"} {
		if f.path == "" && cmd.Flags().Changed(name) {
			return usagef("--%s goes with --list FILE", name)
		}
	}
	switch {
	case !cmd.Flags().Changed("list"):
		return atMostOne("middlebrick scan https://host/path")(cmd, args)
	case f.path == "":
		return usagef("--list: the file's name is missing; use - for stdin")
	case len(args) > 0:
		return usagef("--list %s and the target %s are both given; put the target into the list, or leave the list away", f.path, args[0])
	}
	for _, other := range besides {
		if cmd.Flags().Changed(other.flag) {
			return usagef("--%s does not go with --list: %s", other.flag, other.instead)
		}
	}
	if f.inFlight < 0 || f.inFlight > mostInFlight || f.inFlight == 0 && cmd.Flags().Changed("in-flight") {
		return usagef("--in-flight: %d is not from 1 to %d", f.inFlight, mostInFlight)
	}
	return nil
}

const mostInFlight = 10_000

// Targets at a time for each processor, and at the most by default: one scan waits
// for the network most of its time.
const (
	perProcessor  = 100
	usualInFlight = 500
)

// atOnce is how many targets at a time this machine bears: each may hold as many
// descriptors as it has connections at once, and a few files are ours.
func (a *app) atOnce(f scanFlags) int {
	const ours, usualParallel = 64, 6
	asked := f.list.inFlight
	width := asked
	if asked == 0 {
		width = min(perProcessor*runtime.NumCPU(), usualInFlight)
	}
	each := f.request.parallel
	if each == 0 {
		each = usualParallel
	}
	limit := descriptors()
	if most := max(1, (limit-ours)/(each+1)); limit > 0 && width > most {
		width = most
	}
	if asked > width {
		a.say("--in-flight %d: this process may have %d files open, which is enough for %d targets at a time; raise it with ulimit -n", asked, limit, width)
	}
	return width
}

// list scans the targets of a list.
func (a *app) list(ctx context.Context, f scanFlags, typed *pflag.FlagSet) error {
	a.Err = &inTurn{out: a.Err}
	f, gate, req, err := a.forAll(f, typed)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	in, err := a.openList(ctx, f.list.path)
	if err != nil {
		return err
	}
	defer in.close()
	book, err := a.openLedger(f, stop)
	if err != nil {
		return err
	}
	defer book.close()
	if f.list.saveDir != "" {
		if err := os.MkdirAll(f.list.saveDir, 0o777); err != nil {
			return brokenf("making the folder for recordings: %w", err)
		}
	}
	l := &listing{app: a, flags: f, gate: gate, req: req, in: in, book: book, begun: a.Now()}
	l.sum = render.ListSummary{
		Kind: "summary", Schema: render.ListSchema, Engine: a.Version, Status: report.Completed,
		Exits: book.exits, Grades: map[string]int{}, Answers: map[string]int{}, InFlight: a.atOnce(f),
	}
	l.run(ctx)
	return l.conclude(ctx)
}

// listGC is how much garbage may lie about before it is collected, in percent of
// what is in use.
const listGC = 300

// listing is one run over a list.
type listing struct {
	*app
	flags scanFlags
	gate  gate
	req   scan.Request
	in    *lines
	book  *ledger
	begun time.Time

	mu  sync.Mutex
	sum render.ListSummary
}

func (l *listing) run(ctx context.Context) {
	// Each scan leaves some 3 MB behind and little is kept: collecting less often
	// saves a tenth of the CPU, and costs memory that does not grow with the list.
	defer debug.SetGCPercent(debug.SetGCPercent(listGC))
	shown := l.showList()
	defer shown.finish()
	late := &lag{now: l.Now}
	l.req.Strained = late.strained // what waits for a processor here is no slowness of a target
	batch := scan.Batch{InFlight: l.sum.InFlight, Strained: late.strained, Next: l.next, Scan: l.one}
	if locate := l.engine.Locate; locate != nil {
		batch.Locate = func(ctx context.Context, t target.Target) ([]netip.Addr, error) {
			req := l.req
			req.Target = t
			return locate(ctx, req)
		}
	}
	scan.Many(ctx, batch)
}

// next is the next target that is to be scanned. What is no target is told and
// passed over.
func (l *listing) next() (scan.Listed, bool) {
	for {
		text, ok := l.in.next()
		if !ok {
			return scan.Listed{}, false
		}
		t, err := l.in.target(text, l.flags.request)
		if err != nil {
			l.bad(text, err)
			continue
		}
		first, again := l.book.mention(keyOf(t), l.in.number)
		if again {
			l.again(text, first)
			continue
		}
		return scan.Listed{Line: l.in.number, Target: t}, true
	}
}

// mostBad is how many bad lines are named on stderr; all are in the output.
const mostBad = 20

func (l *listing) bad(text string, err error) {
	l.mu.Lock()
	l.sum.Bad++
	n := l.sum.Bad
	l.mu.Unlock()
	why := strings.TrimSpace(err.Error())
	switch {
	case n <= mostBad:
		l.say("%s: line %d: %s", l.in.name, l.in.number, why)
	case n == mostBad+1:
		l.say("%s: more lines that are no targets; the output has them all", l.in.name)
	}
	l.book.note(render.ListError{Kind: "bad", Line: l.in.number, Text: text, Error: why})
}

func (l *listing) again(text string, first int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first == 0 {
		l.sum.Resumed++
		return
	}
	l.sum.Duplicates++
	l.book.note(render.ListError{Kind: "duplicate", Line: l.in.number, Text: text, First: first,
		Error: fmt.Sprintf("this host and port stand in line %d already; they are scanned once", first)})
}

// one looks at one target, judges and tells. What breaks, breaks for this target
// alone, and leaves it unfinished.
func (l *listing) one(ctx context.Context, t scan.Listed, place scan.Place) {
	defer func() {
		if fault := recover(); fault != nil {
			l.broke(t, fmt.Errorf("this is a fault of middlebrick, please report it: %v", fault))
		}
	}()
	req := l.req
	req.Target = t.Target
	if l.engine.Locate != nil {
		req = req.At(place)
	}
	rec, err := l.engine.Run(ctx, req, func(scan.Event) {})
	switch {
	case err != nil && ctx.Err() == nil:
		l.broke(t, err)
		return
	case err != nil, rec.End == nil, rec.End.Interrupted:
		return // stopped in the middle: not finished
	}
	saved, err := l.save(t, rec)
	if err != nil {
		l.broke(t, err)
		return
	}
	r := l.settle(rec, l.gate)
	verdict := l.gate.judge(r)
	line := render.ListLineOf(t.Line, keyOf(t.Target), r, verdict)
	line.Recording = saved
	if l.flags.output.all {
		line.Report = &r
	}
	if !l.book.finish(line) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.Scanned++
	grade := noGrade
	if r.LetterGrade != nil {
		grade = *r.LetterGrade
	}
	l.sum.Grades[grade]++
	l.sum.Answers[r.Attack.Answer]++
}

func (l *listing) broke(t scan.Listed, err error) {
	l.mu.Lock()
	l.sum.Errors++
	l.mu.Unlock()
	l.say("line %d: %s: %v", t.Line, t.Target.URL, err)
	l.book.note(render.ListError{Kind: "error", Line: t.Line, Text: t.Target.URL, Error: err.Error()})
}

// save keeps the recording, and says where.
func (l *listing) save(t scan.Listed, rec *observe.Recording) (string, error) {
	if l.flags.list.saveDir == "" {
		return "", nil
	}
	name := strings.NewReplacer(":", "_", "[", "", "]", "").Replace(keyOf(t.Target)) + ".jsonl"
	path := filepath.Join(l.flags.list.saveDir, name)
	file, err := openSave(path)
	if err != nil {
		return "", err
	}
	if err := file.write(rec); err != nil {
		return "", fmt.Errorf("writing recording: %w", err)
	}
	return path, nil
}

// conclude writes the summary and settles the exit code: that of the worst target.
func (l *listing) conclude(ctx context.Context) error {
	codes := []int{exitPassed}
	for code := range l.sum.Exits {
		codes = append(codes, code)
	}
	if l.sum.Bad > 0 {
		codes = append(codes, exitNoVerdict)
	}
	if l.sum.Errors > 0 || l.in.err != nil {
		codes = append(codes, exitBroken)
	}
	exit := worst(codes...)
	var stopped Interrupt
	interrupted := errors.As(context.Cause(ctx), &stopped)
	if interrupted {
		exit = stopped.Exit()
	}
	if ctx.Err() == nil && l.in.err == nil && l.sum.Scanned+l.sum.Resumed+l.sum.Errors == 0 {
		return usagef("%s names no target; write one a line, as https://host/path", l.in.name)
	}
	if ctx.Err() != nil {
		l.sum.Status = report.Interrupted
	}
	l.sum.Exit, l.sum.Lines, l.sum.Seconds = exit, l.in.number, l.Now().Sub(l.begun).Seconds()
	l.book.note(l.sum)
	if err := l.book.sync(); err != nil {
		return err
	}
	l.exit = exit
	switch {
	case interrupted:
		l.say("stopped after %d targets%s", l.sum.Scanned, l.goOn())
	case l.in.err != nil:
		l.say("reading %s: line %d: %v", l.in.name, l.in.number+1, l.in.err)
	}
	if l.book.elsewhere && l.flags.output.quiet < 2 {
		return l.printLines(l.summed())
	}
	return nil
}

// noGrade is what stands for the grade of a target that was given none.
const noGrade = "none"

// summed is the summary for people, where the lines themselves go to a file.
func (l *listing) summed() []string {
	counts := []string{}
	for _, grade := range []string{"A", "B", "C", "D", "F", noGrade} {
		if n := l.sum.Grades[grade]; n > 0 {
			counts = append(counts, fmt.Sprintf("%s: %d", grade, n))
		}
	}
	lines := []string{fmt.Sprintf("%d targets scanned in %.1f s, %d finished before, %d listed twice, %d bad lines, %d errors",
		l.sum.Scanned, l.sum.Seconds, l.sum.Resumed, l.sum.Duplicates, l.sum.Bad, l.sum.Errors)}
	if len(counts) > 0 {
		lines = append(lines, "Grades  "+strings.Join(counts, "  "))
	}
	return append(lines, fmt.Sprintf("Someone in the middle can read or change the traffic of %d; of %d it is not known.", l.sum.Answers["yes"], l.sum.Answers["unknown"]))
}

func (l *listing) goOn() string {
	if l.flags.list.resume == "" {
		return "; with --resume FILE the next run would go on from here"
	}
	return "; the same command goes on from here"
}
