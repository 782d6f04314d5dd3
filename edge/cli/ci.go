// The command ci github: the GitHub Action. It reads inputs from the
// environment, scans, and tells the runner: outputs, summary, annotations, one
// comment for each target.

package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"middlebrick/edge/ci"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/rule"
)

func (a *app) ciCommand() *cobra.Command {
	parent := &cobra.Command{
		Use:   "ci SERVICE",
		Short: "Be a step of a CI job: middlebrick ci github",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("a service is missing; there is: middlebrick ci github")
		},
	}
	var names []string
	for _, input := range ciInputs {
		names = append(names, ciEnv(input.name))
	}
	parent.AddCommand(&cobra.Command{
		Use:   "github",
		Short: "Be a step of GitHub Actions: inputs from the environment, outputs to the runner",
		Long: fmt.Sprintf(`Scan as the GitHub Action does. Inputs come from the environment, each as one
variable: %s.

Outputs go to $GITHUB_OUTPUT, the summary to $GITHUB_STEP_SUMMARY, annotations
to stdout, and where comment is true one comment for each target to the pull
request, edited in place. Exit codes are those of scan.`, strings.Join(names, ", ")),
		Example: "  INPUT_URL=http://127.0.0.1:5000 INPUT_THRESHOLD=80 middlebrick ci github",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.github(cmd.Context()) },
	})
	return parent
}

// ciRun is one run of the action.
type ciRun struct {
	*app
	job     ci.Job
	plan    ciPlan
	notes   *ci.Annotations
	scans   []ciScan
	exit    int
	reason  string // why nothing was judged
	reports []string
	sarif   []string
	commit  string
}

// ciScan is one target's report and what the gate made of it.
type ciScan struct {
	report report.Report
	gate   render.Gate
}

func (a *app) github(ctx context.Context) error {
	run := &ciRun{app: a, job: ci.ReadJob(a.Env), notes: &ci.Annotations{Out: a.Out}}
	if err := ci.WriteOutputs(run.job.Output, rand.Reader, unfinished()...); err != nil {
		return brokenf("%w", err)
	}
	var wrong error
	run.plan, wrong = readCI(a.Env)
	for _, secret := range run.plan.secrets {
		_ = ci.Mask(a.Out, secret)
	}
	if wrong != nil {
		run.stopped(a.fail(wrong), wrong)
	} else {
		run.all(ctx)
	}
	run.commit = run.job.SHA
	if pr, ok, err := run.job.PullRequest(); err == nil && ok && pr.Head != "" {
		run.commit = pr.Head
	}
	run.tell()
	run.comment(ctx)
	a.exit = run.exit
	return nil
}

// stopped notes that a scan gave no report.
func (c *ciRun) stopped(exit int, err error) {
	c.exit = c.worse(exit)
	c.reason = err.Error()
}

// worse keeps a signal's exit above all others.
func (c *ciRun) worse(exit int) int {
	if c.exit > exitBroken {
		return c.exit
	}
	if exit > exitBroken {
		return exit
	}
	return worst(c.exit, exit)
}

// all scans one target after another, as the command scan would.
func (c *ciRun) all(ctx context.Context) {
	targets := make([][]string, 0, len(c.plan.targets))
	for _, target := range c.plan.targets {
		targets = append(targets, []string{target})
	}
	if len(targets) == 0 {
		targets = [][]string{{}}
	}
	for _, target := range targets {
		if ctx.Err() != nil {
			break
		}
		c.one(ctx, target)
	}
	if len(c.scans) == 0 && c.exit == exitPassed {
		err := usagef("nothing was scanned: there is no target; give url, targets or config")
		c.stopped(c.fail(err), err)
	}
	for _, notice := range c.plan.notices {
		c.notice(notice)
	}
	c.keep()
}

func (c *ciRun) one(ctx context.Context, target []string) {
	inner := &app{Shell: c.Shell, engine: c.engine}
	inner.concluded = func(r report.Report, gate render.Gate) {
		c.scans = append(c.scans, ciScan{r, gate})
	}
	args := append([]string{"scan"}, c.plan.flags...)
	args = append(append(args, "--"), target...)
	root := inner.root()
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		c.stopped(inner.fail(err), err)
		return
	}
	c.exit = c.worse(inner.exit)
}

func (c *ciRun) notice(says string) {
	c.say("%s", says)
	_, _ = c.notes.Say(ci.Notice, "middlebrick", says)
}

// fault is our own failure after the scans.
func (c *ciRun) fault(err error) { c.stopped(c.fail(brokenf("%w", err)), err) }

// tell writes the summary, the annotations and the outputs, in this order: only
// what could be written counts.
func (c *ciRun) tell() {
	if err := ci.WriteSummary(c.job.Summary, c.summary()); err != nil {
		c.fault(err)
	}
	c.annotate()
	if err := ci.WriteOutputs(c.job.Output, rand.Reader, c.outputs()...); err != nil {
		c.fault(err)
	}
}

func (c *ciRun) summary() string {
	var pages []string
	room := ci.SummaryRoom(c.job.Summary) / 4 / max(1, len(c.scans)) // a character has at most four bytes
	for _, s := range c.scans {
		pages = append(pages, c.page(s, room-100))
	}
	if c.reason != "" {
		pages = append(pages, string(render.Stopped(c.reason)))
	}
	return strings.Join(pages, "\n")
}

// page is a report as Markdown of at most that many characters.
func (c *ciRun) page(s ciScan, budget int) string {
	var foot []string
	if c.commit != "" {
		foot = append(foot, "commit "+c.commit[:min(7, len(c.commit))])
	}
	return string(render.Comment(s.report, render.CommentOptions{Budget: budget, Gate: &s.gate, Explain: c.engine.Explain, Page: c.job.URL(), Foot: foot}))
}

// loudness is how a finding is annotated when the gate did not pass.
var loudness = map[rule.Severity]ci.Kind{rule.Critical: ci.Error, rule.High: ci.Error, rule.Medium: ci.Warning, rule.Low: ci.Warning, rule.Info: ci.Notice}

func (c *ciRun) annotate() {
	if c.reason != "" {
		_, _ = c.notes.Say(ci.Error, "middlebrick: nothing was judged", c.reason)
	}
	var failed []annotated
	for _, s := range c.scans {
		if says := strings.Join(s.gate.Reasons, "; "); s.gate.Exit != exitPassed {
			_, _ = c.notes.Say(ci.Error, "middlebrick: gate "+s.gate.Outcome, s.report.APIURL+": "+says)
		}
		failed = append(failed, byRule(s.report)...)
	}
	slices.SortStableFunc(failed, func(x, y annotated) int { return rank(x.Severity) - rank(y.Severity) })
	silent := 0
	for _, f := range failed {
		kind, known := loudness[f.Severity]
		switch {
		case !known:
			kind = ci.Error
		case kind == ci.Error && c.exit == exitPassed:
			kind = ci.Warning
		}
		says := f.Title + ": " + f.Description
		if f.places > 1 {
			says += fmt.Sprintf(" (and at %d more)", f.places-1)
		}
		if len(c.scans) > 1 {
			says += " (" + f.target + ")"
		}
		if told, _ := c.notes.Say(kind, fmt.Sprintf("%s %s", strings.ToUpper(string(f.Severity)), f.Rule), says); !told {
			silent++
		}
	}
	if silent > 0 {
		c.say("%d findings are not annotated, for GitHub shows ten of a kind; all are in the report", silent)
	}
}

// annotated is a rule that failed at a target: its first place, which is its
// worst, and how many there are.
type annotated struct {
	report.Finding
	target string
	places int
}

// byRule are the rules with open findings, in the order of the report.
func byRule(r report.Report) []annotated {
	var all []annotated
	for _, f := range r.Findings {
		at := slices.IndexFunc(all, func(seen annotated) bool { return seen.Rule == f.Rule })
		switch {
		case f.State == report.Accepted:
		case at >= 0:
			all[at].places++
		default:
			all = append(all, annotated{f, r.APIURL, 1})
		}
	}
	return all
}

// rank is a severity's place, the worst first; an unknown one comes before all.
func rank(s rule.Severity) int { return slices.Index(rule.Severities(), s) }

// comment leaves one comment for each target, if that was asked for. Nothing
// that goes wrong here fails the job: the result stands in the summary.
func (c *ciRun) comment(ctx context.Context) {
	if !c.plan.comment || len(c.scans) == 0 || ctx.Err() != nil {
		return
	}
	pr, ok, err := c.job.PullRequest()
	switch {
	case err != nil:
		c.notice("comment: " + err.Error())
		return
	case !ok:
		c.say("comment: the event %s has no pull request, so no comment is written", c.job.Event)
		return
	}
	api := &ci.API{Base: c.job.API, Token: c.plan.token, Agent: "middlebrick/" + c.Version, Now: c.Now, Sleep: pause}
	comments := ci.Comments{API: api, Repository: c.job.Repository, Number: pr.Number}
	for _, s := range c.scans {
		marker := c.job.Marker(s.report)
		url, err := comments.Put(ctx, marker, c.page(s, render.DefaultBudget-len(marker)-1))
		if err != nil {
			c.notice(c.commentFailed(err, pr))
			return
		}
		c.say("comment: %s", url)
	}
}

func (c *ciRun) commentFailed(err error, pr ci.PullRequest) string {
	says := "comment: " + err.Error()
	if pr.Fork {
		return says + "; a pull request from a fork has a token that may only read. The result is in the step's summary"
	}
	return says + "; the workflow needs permissions: pull-requests: write. The result is in the step's summary"
}

// pause waits, unless the program is stopped.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
