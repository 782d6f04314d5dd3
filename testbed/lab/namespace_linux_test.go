// A namespace frees the ports that the world uses, and hands outcomes back.

package lab

import (
	"testing"
)

func TestNamespaceFreesPorts80And443(t *testing.T) {
	if !InNamespace(t) {
		return
	}
	s := StartNginx(t, Nginx{Plain: 80, TLS: 443, Server80: "return 301 https://app.test$request_uri;"})
	if answer, _ := getAt(t, "http", "127.0.0.1:80", "/a"); answer.Header.Get("Location") != "https://app.test/a" {
		t.Errorf("port 80 sends to %q", answer.Header.Get("Location"))
	}
	if answer, _ := get(t, s, "/"); answer.StatusCode != 200 {
		t.Errorf("port 443 answers %d", answer.StatusCode)
	}
}

func TestNamespaceHandsBackTheReasonOfASkip(t *testing.T) {
	tests := []struct {
		output, reason string
		ok             bool
	}{
		{"=== RUN   TestA\n    a_test.go:7: needs Debian package nginx-light\n--- SKIP: TestA (0.00s)\nPASS\n", "needs Debian package nginx-light", true},
		{"=== RUN   TestA\n=== RUN   TestA/b\n    a_test.go:9: no b\n--- PASS: TestA (0.00s)\n    --- SKIP: TestA/b (0.00s)\nPASS\n", "", false},
		{"=== RUN   TestA\n--- SKIP: TestA (0.00s)\n", "skipped inside of the namespace", true},
		{"--- PASS: TestA (0.00s)\nPASS\n", "", false},
	}
	for _, test := range tests {
		if reason, ok := skipped(test.output, "TestA"); reason != test.reason || ok != test.ok {
			t.Errorf("skipped(%q) = %q, %v", test.output, reason, ok)
		}
	}
}
