// A fix replaces what it names and leaves the rest of the base alone.

package lab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNginxFixReplacesDirectivesOfItsName(t *testing.T) {
	tests := []struct{ name, base, fix, want string }{
		{"simple", "ssl_protocols TLSv1; gzip on;", "ssl_protocols TLSv1.3;", "gzip on;\nssl_protocols TLSv1.3;\n"},
		{"header by name", "add_header A 1; add_header B 2;", "add_header a 3 always;", "add_header B 2;\nadd_header a 3 always;\n"},
		{"location by its words", "location / { root a; } location /b { root b; }", "location /b { return 404; }",
			"location / {\n    root a;\n}\nlocation /b {\n    return 404;\n}\n"},
		{"comment", "a 1; # not ; a { brace\n### b\nc 2;", "", "a 1;\nc 2;\n"},
		{"quotes and variables", `log_format x '$a; {"k": "v"}'; set $b "a\"b"; return 301 https://${host}x;`, "",
			"log_format x '$a; {\"k\": \"v\"}';\nset $b \"a\\\"b\";\nreturn 301 https://${host}x;\n"},
		{"if by its condition", "if ($a) { return 1; }", "if ($b) { return 2; }", "if ($a) {\n    return 1;\n}\nif ($b) {\n    return 2;\n}\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base, err := parseNginx(test.base)
			if err != nil {
				t.Fatal(err)
			}
			fix, err := parseNginx(test.fix)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, printNginx(mergeNginx(base, fix), "")); diff != "" {
				t.Errorf("merged (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBrokenNginxTextIsAnError(t *testing.T) {
	for text, want := range map[string]string{
		"ssl_protocols TLSv1.2":          "lacks its ';'",
		"server { listen 80; ":           "is not closed",
		"}":                              "a '}' too many",
		"location / { proxy_pass http }": "lacks its ';'",
	} {
		if _, err := parseNginx(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parsing %q gives %v, want %q", text, err, want)
		}
	}
}

func TestApacheFixReplacesDirectivesOfItsName(t *testing.T) {
	tests := []struct{ name, base, fix, want string }{
		{"simple, any case", "SSLProtocol all\nKeepAlive On", "sslprotocol -all +TLSv1.3", "keepalive On\nsslprotocol -all +TLSv1.3\n"},
		{"header by name and table", "Header set A 1\nHeader always set A 2\nHeader set B 3", "Header always set a 4",
			"header set A 1\nheader set B 3\nheader always set a 4\n"},
		{"suites by protocol", "SSLCipherSuite ALL\nSSLCipherSuite TLSv1.3 X", "SSLCipherSuite HIGH", "sslciphersuite TLSv1.3 X\nsslciphersuite HIGH\n"},
		{"what adds up", "RewriteRule a b\nProxyPass /a http://a/", "RewriteRule c d", "rewriterule a b\nproxypass /a http://a/\nrewriterule c d\n"},
		{"section", "<Directory /a>\nRequire all granted\n</Directory>", "<Directory /a>\nRequire all denied\n</Directory>",
			"<directory /a>\n    require all denied\n</directory>\n"},
		{"continued line", "SSLCipherSuite A:\\\n  B # kept\n# dropped", "", "sslciphersuite A: B # kept\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base, err := parseApache(test.base)
			if err != nil {
				t.Fatal(err)
			}
			fix, err := parseApache(test.fix)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, printApache(mergeApache(base, fix), "")); diff != "" {
				t.Errorf("merged (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBrokenApacheTextIsAnError(t *testing.T) {
	for text, want := range map[string]string{"<Directory /a>\n": "is not closed", "</Directory>": "closes nothing"} {
		if _, err := parseApache(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parsing %q gives %v, want %q", text, err, want)
		}
	}
}

func FuzzNginxTextSurvivesPrinting(f *testing.F) {
	f.Add("server { listen 443 ssl; location / { return 301 https://${host}$request_uri; } }")
	f.Add(";")
	f.Add("add_header A \"b;c\" always; # x\nmap $a $b { default 1; '' 2; }")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := parseNginx(text)
		if err != nil {
			return
		}
		printed := printNginx(first, "")
		second, err := parseNginx(printed)
		if err != nil {
			t.Fatalf("what was printed cannot be read: %v\n%q", err, printed)
		}
		if again := printNginx(second, ""); again != printed {
			t.Errorf("printing changes the text: %q, then %q", printed, again)
		}
		mergeNginx(first, second)
	})
}

func FuzzApacheTextSurvivesPrinting(f *testing.F) {
	f.Add("<VirtualHost *:443>\nSSLEngine on\nHeader always set A \"b\"\n</VirtualHost>\n")
	f.Add("SSLCipherSuite A:\\\n  B\n# c\n<IfModule x>\n</IfModule>")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := parseApache(text)
		if err != nil {
			return
		}
		printed := printApache(first, "")
		second, err := parseApache(printed)
		if err != nil {
			t.Fatalf("what was printed cannot be read: %v\n%q", err, printed)
		}
		if again := printApache(second, ""); again != printed {
			t.Errorf("printing changes the text: %q, then %q", printed, again)
		}
		mergeApache(first, second)
	})
}

func FuzzSnippetsAreLinesOfTheText(f *testing.F) {
	f.Add(remedy, "nginx")
	f.Add("## Flask\n```python app\nx\n", "Flask")
	f.Fuzz(func(t *testing.T, text, platform string) {
		for _, one := range Snippets(text, platform) {
			if !strings.Contains(text, one.Text) {
				t.Errorf("%q does not stand in the text", one.Text)
			}
		}
	})
}
