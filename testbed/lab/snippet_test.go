// The blocks of a rule's remedy are found, and only those.

package lab

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const remedy = "The target speaks TLS 1.0.\n\n## Why\n\n```nginx server\nnot a remedy;\n```\n\n## nginx\n\nIn the server block:\n\n" +
	"```nginx server\nssl_protocols TLSv1.2 TLSv1.3;\n```\n\nCheck it:\n\n```sh\nnginx -t\n```\n\n" +
	"~~~nginx   server80\nreturn 301 https://$host$request_uri;\n~~~\n\n```nginx\nnowhere;\n```\n\n" +
	"````nginx location\n```\nproxy_set_header X-Forwarded-Proto $scheme;\n````\n\n" +
	"## gunicorn\n\n```python gunicorn.conf.py\ncertfile = 'cert.pem'\n```\n\n```python app\napp.config['A'] = 1\n```\n\n```python run\napp.run()\n```\n\n" +
	"## Apache\n\nnot here: end TLS at nginx, see above\n\n## Flask\n\n    ```python app\n    indented = True\n    ```\n\n```python run\napp.run(ssl_context='adhoc')\n"

func TestSnippetsAreThoseOfTheHeadingAndAPlace(t *testing.T) {
	tests := map[string][]Snippet{
		"nginx": {
			{"nginx", "server", "ssl_protocols TLSv1.2 TLSv1.3;\n"},
			{"nginx", "server80", "return 301 https://$host$request_uri;\n"},
			{"nginx", "location", "```\nproxy_set_header X-Forwarded-Proto $scheme;\n"},
		},
		"GUNICORN": {
			{"gunicorn", "gunicorn.conf.py", "certfile = 'cert.pem'\n"},
			{"gunicorn", "app", "app.config['A'] = 1\n"},
		},
		"apache": nil,
		"Flask":  {{"Flask", "app", "    indented = True\n"}},
		"IIS":    nil,
	}
	for platform, want := range tests {
		if diff := cmp.Diff(want, Snippets(remedy, platform)); diff != "" {
			t.Errorf("snippets for %s (-want +got):\n%s", platform, diff)
		}
	}
}

func TestWholeExampleIsTakenForWhatStandsAroundTheApplication(t *testing.T) {
	app := FlaskApp{Config: "import os\napp = Flask(__name__, static_folder=None)\napp.config['A'] = 1\n", Run: "app.run(debug=True)"}
	got := app.Source()
	want := flaskHead + "\nimport os\n\napp = Flask(__name__)\napp.config['A'] = 1\n" + flaskRoutes +
		"\n\nif __name__ == '__main__':\n    app.run(debug=True)\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("app.py (-want +got):\n%s", diff)
	}
}
