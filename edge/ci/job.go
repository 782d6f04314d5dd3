// Package ci speaks with GitHub Actions: it reads what the runner tells a step,
// and writes annotations, outputs, the step's summary and one comment for each
// target. It judges nothing and scans nothing.
package ci

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// A Job is what the runner tells a step about itself.
type Job struct {
	Event      string // "push", "pull_request", …
	EventFile  string
	Output     string // the file that takes outputs; "" outside of Actions
	Summary    string // the file that takes the step's summary
	Repository string // "owner/name"
	API        string // "https://api.github.com"
	Server     string // "https://github.com"
	Run        string
	Attempt    string
	SHA        string
	Workflow   string
	Name       string // the job's key in the workflow
	Temp       string // a folder that is emptied after the job
}

// ReadJob reads the variables that the runner sets.
func ReadJob(env func(string) string) Job {
	job := Job{
		Event: env("GITHUB_EVENT_NAME"), EventFile: env("GITHUB_EVENT_PATH"),
		Output: env("GITHUB_OUTPUT"), Summary: env("GITHUB_STEP_SUMMARY"),
		Repository: env("GITHUB_REPOSITORY"), API: env("GITHUB_API_URL"), Server: env("GITHUB_SERVER_URL"),
		Run: env("GITHUB_RUN_ID"), Attempt: env("GITHUB_RUN_ATTEMPT"), SHA: env("GITHUB_SHA"),
		Workflow: env("GITHUB_WORKFLOW"), Name: env("GITHUB_JOB"), Temp: env("RUNNER_TEMP"),
	}
	if job.API == "" {
		job.API = "https://api.github.com"
	}
	if job.Server == "" {
		job.Server = "https://github.com"
	}
	if job.Temp == "" {
		job.Temp = os.TempDir()
	}
	return job
}

// URL is the page of this run, on which the step's summary stands; "" outside of
// Actions.
func (j Job) URL() string {
	if j.Repository == "" || j.Run == "" {
		return ""
	}
	url := fmt.Sprintf("%s/%s/actions/runs/%s", strings.TrimRight(j.Server, "/"), j.Repository, j.Run)
	if j.Attempt != "" && j.Attempt != "1" {
		url += "/attempts/" + j.Attempt
	}
	return url
}

// A PullRequest is the one that the job runs for.
type PullRequest struct {
	Number int
	Head   string // commit
	Fork   bool   // its branch lives in another repository
}

// mostEvent bounds an event's file, in bytes; GitHub's payloads end at 25 MB.
const mostEvent = 32 << 20

// PullRequest reads the event. ok is false where the event has none, as a push.
func (j Job) PullRequest() (pr PullRequest, ok bool, err error) {
	if j.EventFile == "" {
		return pr, false, nil
	}
	file, err := os.Open(j.EventFile)
	if err != nil {
		return pr, false, fmt.Errorf("reading the event: %w", err)
	}
	defer file.Close()
	var event event
	if err := json.NewDecoder(io.LimitReader(file, mostEvent)).Decode(&event); err != nil {
		return pr, false, fmt.Errorf("reading the event %s: %w", j.EventFile, err)
	}
	pr, ok = event.pullRequest()
	return pr, ok, nil
}

// event has the parts of all kinds of payloads that lead to a pull request.
type event struct {
	PullRequest *pullRequest `json:"pull_request"`
	Issue       *struct {
		Number      int              `json:"number"`
		PullRequest *json.RawMessage `json:"pull_request"` // only where the issue is one
	} `json:"issue"`
	WorkflowRun *struct {
		PullRequests []pullRequest `json:"pull_requests"`
	} `json:"workflow_run"`
}

type pullRequest struct {
	Number int `json:"number"`
	Head   struct {
		SHA  string      `json:"sha"`
		Repo *repository `json:"repo"` // null when the fork was deleted
	} `json:"head"`
	Base struct {
		Repo *repository `json:"repo"`
	} `json:"base"`
}

// A repository is told by its number: its name may change between the event and
// now.
type repository struct {
	ID int64 `json:"id"`
}

func (e event) pullRequest() (PullRequest, bool) {
	switch {
	case e.PullRequest != nil && e.PullRequest.Number > 0:
		return e.PullRequest.read(), true
	case e.Issue != nil && e.Issue.PullRequest != nil && e.Issue.Number > 0:
		return PullRequest{Number: e.Issue.Number}, true
	case e.WorkflowRun != nil && len(e.WorkflowRun.PullRequests) > 0:
		return e.WorkflowRun.PullRequests[0].read(), true
	}
	return PullRequest{}, false
}

func (p pullRequest) read() PullRequest {
	fork := p.Head.Repo == nil || p.Base.Repo == nil || p.Head.Repo.ID != p.Base.Repo.ID
	return PullRequest{Number: p.Number, Head: p.Head.SHA, Fork: fork}
}
