// What the runner tells, event by event.

package ci

import (
	"os"
	"path/filepath"
	"testing"
)

func TestEventsLeadToTheirPullRequest(t *testing.T) {
	for _, c := range []struct {
		name, payload string
		want          PullRequest
		found, bad    bool
	}{
		{"push", `{"ref":"refs/heads/main"}`, PullRequest{}, false, false},
		{"own branch", `{"pull_request":{"number":2,"head":{"sha":"abc","repo":{"id":1}},"base":{"repo":{"id":1}}}}`, PullRequest{2, "abc", false}, true, false},
		{"fork", `{"pull_request":{"number":2,"head":{"sha":"abc","repo":{"id":9}},"base":{"repo":{"id":1}}}}`, PullRequest{2, "abc", true}, true, false},
		{"fork that was deleted", `{"pull_request":{"number":2,"head":{"sha":"abc","repo":null},"base":{"repo":{"id":1}}}}`, PullRequest{2, "abc", true}, true, false},
		{"comment on a pull request", `{"issue":{"number":4,"pull_request":{"url":"x"}}}`, PullRequest{4, "", false}, true, false},
		{"comment on an issue", `{"issue":{"number":4}}`, PullRequest{}, false, false},
		{"after another workflow", `{"workflow_run":{"pull_requests":[{"number":3,"head":{"sha":"d","repo":{"id":1}},"base":{"repo":{"id":1}}}]}}`, PullRequest{3, "d", false}, true, false},
		{"after another workflow, of a fork", `{"workflow_run":{"pull_requests":[]}}`, PullRequest{}, false, false},
		{"no JSON", `{"pull_`, PullRequest{}, false, true},
		{"another shape", `{"pull_request":7}`, PullRequest{}, false, true},
	} {
		path := filepath.Join(t.TempDir(), "event.json")
		if err := os.WriteFile(path, []byte(c.payload), 0o600); err != nil {
			t.Fatal(err)
		}
		got, found, err := Job{EventFile: path}.PullRequest()
		if got != c.want || found != c.found || (err != nil) != c.bad {
			t.Errorf("%s: %v, %v, %v", c.name, got, found, err)
		}
	}
	if _, found, err := (Job{}).PullRequest(); found || err != nil {
		t.Errorf("no event: %v, %v", found, err)
	}
	if _, _, err := (Job{EventFile: "/no/such"}).PullRequest(); err == nil {
		t.Error("an event that cannot be read")
	}
}

func TestJobKnowsItsPage(t *testing.T) {
	env := map[string]string{"GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "42", "GITHUB_RUN_ATTEMPT": "2", "GITHUB_SERVER_URL": "https://hub.test/"}
	if got := ReadJob(func(name string) string { return env[name] }).URL(); got != "https://hub.test/o/r/actions/runs/42/attempts/2" {
		t.Error(got)
	}
	outside := ReadJob(func(string) string { return "" })
	if outside.URL() != "" || outside.API != "https://api.github.com" {
		t.Errorf("%+v", outside)
	}
}
