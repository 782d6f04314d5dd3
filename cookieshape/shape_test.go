// The classifier on single cookies: makers that the tests cannot run, names, and
// the edges between kinds.

package cookieshape

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	// Flask 3.1.1; {"user":"alice"}.
	alice = "eyJ1c2VyIjoiYWxpY2UifQ.awRmFA.xfZEyjO7GMwsiwLBivQ_MzE1kbM"
	// Ruby's ActiveSupport 6.1 and Rack 2.2.
	railsGCM    = "pNyl7BCG27jpM6t2Vn7A3uqUz06bzQkRKmNkeYu2qnVsWX4ZdSyk%2Bmof2z8ZB1U9--B0%2BP0ll7Wn9zqIPz--GFX0mjQz9CQ0HPCGhGdmCg%3D%3D"
	railsSigned = "eyJfcmFpbHMiOnsibWVzc2FnZSI6IlcxczBNbDBzSW1GaVl5SXNJakVpWFE9PSIsImV4cCI6bnVsbCwicHVyIjoieCJ9fQ%3D%3D--d7820071411f04f25f51e14066d24ab350a8739f"
	railsCBC    = "enBMVHBwQ3hWWUlTcWM0OFVHaS9lZz09LS1tMERtVmdNd2VrWTdXdzFmYjJUUUFBPT0%3D--425d86b110c05fea5c52a49935339c5645702c71"
	rubyMarshal = "BAh7BkkiD3Nlc3Npb25faWQGOgZFVEkiJWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhBjsAVA%3D%3D--83d3604d29f8f398a6b6d57056afe86862ffb825"
	laravelBox  = "eyJpdiI6IlhYWFhYWFhYWFhYWFhYWFhYWFhYWFg9PSIsInZhbHVlIjoiYWJjIiwibWFjIjoiMDAiLCJ0YWciOiIifQ%3D%3D"
	tokenHS256  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
	tornadoV2   = "2|1:0|10:1795450000|4:user|8:YWxpY2U=|c10ba8c2c8dc9b0d6ea7d4ecbc5d21cd8a9f7be2e0ac9d2a6e7e8c4f1e7a3b21"
	random43    = "xLuGw9HEJxA8NExBiesvHnvV1H5Eb87Co9gRc2EQ5Xg"
	uuid4       = "3f1f8a52-9d0b-4b46-9a52-5d1c7f7b7e11"
)

var shapes = []struct {
	name, value string
	want        Shape // Because is not compared
}{
	{"session", alice, Shape{Kind: "flask-session", Framework: "Flask", Session: true, Confidence: High}},
	{"__Host-session", alice, Shape{Kind: "flask-session", Framework: "Flask", Session: true, Confidence: High}},
	{"myapp_session", alice, Shape{Kind: "flask-session", Framework: "Flask", Session: true, Confidence: High}},
	{"bepasty", alice, Shape{Kind: "flask-session", Framework: "Flask", Session: true, Confidence: Medium}},
	{"reset_token", alice, Shape{Kind: "other", Framework: "itsdangerous", Confidence: Medium}},
	{"auth_token", alice, Shape{Kind: "opaque-session", Framework: "itsdangerous", Session: true, Confidence: Medium}},
	{"csrf_session", alice, Shape{Kind: "csrf", CSRF: true, Confidence: Medium}},
	{"session", "", Shape{Kind: "other", Confidence: High}},
	{"session", uuid4, Shape{Kind: "flask-session-server", Framework: "Flask-Session", Session: true, Confidence: Medium}},
	{"sid", uuid4, Shape{Kind: "opaque-session", Session: true, Confidence: Medium}},
	{"request-id", uuid4, Shape{Kind: "other", Confidence: Medium}},
	{"session", random43, Shape{Kind: "flask-session-server", Framework: "Flask-Session", Session: true, Confidence: Medium}},
	{"session", strings.ToLower(random43[:40]), Shape{Kind: "opaque-session", Session: true, Confidence: Medium}},
	{"access_token_cookie", tokenHS256, Shape{Kind: "jwt", Framework: "Flask-JWT-Extended", Session: true, Confidence: High}},
	{"session", tokenHS256, Shape{Kind: "jwt", Session: true, Confidence: High}},
	{"reset", tokenHS256, Shape{Kind: "jwt", Confidence: High}},
	{"id", "eyJhbGciOiJub25lIn0.e30.", Shape{Kind: "jwt", Session: true, Confidence: High}},
	{"__Secure-next-auth.session-token", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.Y2lwaGVy.dGFn",
		Shape{Kind: "jwt", Framework: "Auth.js", Session: true, Confidence: High}},
	{"csrf_access_token", uuid4, Shape{Kind: "csrf", Framework: "Flask-JWT-Extended", CSRF: true, Confidence: High}},
	{"csrftoken", strings.Repeat("aB3d", 16), Shape{Kind: "csrf", Framework: "Django", CSRF: true, Confidence: High}},
	{"XSRF-TOKEN", laravelBox, Shape{Kind: "csrf", CSRF: true, Confidence: Medium}},
	{"_xsrf", "2|aabbccdd|eeff|1795450000", Shape{Kind: "csrf", Framework: "Tornado", CSRF: true, Confidence: High}},
	{".AspNetCore.Antiforgery.x1", "CfDJ8", Shape{Kind: "csrf", Framework: "ASP.NET", Confidence: High}},
	{"__RequestVerificationToken", "abc", Shape{Kind: "csrf", Framework: "ASP.NET", Confidence: High}},
	{"_app_session", railsGCM, Shape{Kind: "rails-session", Framework: "Rails", Session: true, Confidence: High}},
	{"_app_session", railsCBC, Shape{Kind: "rails-session", Framework: "Rails", Session: true, Confidence: High}},
	{"_app_session", rubyMarshal, Shape{Kind: "rails-session", Framework: "Rails", Session: true, Confidence: High}},
	{"remember_user_token", railsSigned, Shape{Kind: "opaque-session", Framework: "Rails", Session: true, Confidence: High}},
	{"theme", railsSigned, Shape{Kind: "other", Framework: "Rails", Confidence: High}},
	{"rack.session", rubyMarshal, Shape{Kind: "rack-session", Framework: "Rack", Session: true, Confidence: High}},
	{"rack.session", "TQfVMZGp75gsAPaIpNv7qxAqL1gF--AAECAwQFBgcICQoL--AAECAwQFBgcICQoLDA0ODw==", Shape{Kind: "rack-session", Framework: "Rack", Session: true, Confidence: High}},
	{"rack.session", strings.Repeat("0a", 32), Shape{Kind: "rack-session", Framework: "Rack", Session: true, Confidence: High}},
	{"laravel_session", laravelBox, Shape{Kind: "opaque-session", Framework: "Laravel", Session: true, Confidence: High}},
	{"user", tornadoV2, Shape{Kind: "tornado", Framework: "Tornado", Session: true, Confidence: High}},
	{"PHPSESSID", "k1g0v3q5c8r7b9n2m4l6j8h0d1", Shape{Kind: "php-session", Framework: "PHP", Session: true, Confidence: High}},
	{"SSESS0123456789abcdef0123456789abcdef", random43, Shape{Kind: "php-session", Framework: "Drupal", Session: true, Confidence: High}},
	{"wordpress_logged_in_abc", "admin%7C1795450000%7Cx", Shape{Kind: "php-session", Framework: "WordPress", Session: true, Confidence: High}},
	{"JSESSIONID", strings.Repeat("0AF1", 8) + ".node1", Shape{Kind: "tomcat-session", Framework: "Tomcat", Session: true, Confidence: High}},
	{"JSESSIONID", "node01abcdefgh.node0", Shape{Kind: "tomcat-session", Framework: "Java servlet", Session: true, Confidence: High}},
	{"ASP.NET_SessionId", "abcdefghijklmnopqrstuvwx", Shape{Kind: "opaque-session", Framework: "ASP.NET", Session: true, Confidence: High}},
	{"connect.sid", "s%3AfyNvq02pAykyj8_kYYRXuVQ6dJMbhdSb.PRhGD2jkW2pVuBZV4jfRjuCaTxAXUmWKqmUXlUlQ93w",
		Shape{Kind: "express-session", Framework: "Express", Session: true, Confidence: High}},
	{"lang", "s%3Aen.PRhGD2jkW2pVuBZV4jfRjuCaTxAXUmWKqmUXlUlQ93w", Shape{Kind: "other", Framework: "Express", Confidence: High}},
	{"express:sess", "eyJ2aWV3cyI6MX0=", Shape{Kind: "express-cookie-session", Framework: "Express", Session: true, Confidence: High}},
	{"prefs", "eyJ2aWV3cyI6MX0=", Shape{Kind: "other", Confidence: Medium}},
	{"messages", "W1siX19qc29uX21lc3NhZ2UiLDAsMjUsImhpIl1d:" + random43, Shape{Kind: "django-signed", Framework: "Django", Confidence: High}},
	{"_ga", "GA1.2.1234567890.1234567890", Shape{Kind: "other", Confidence: High}},
	{"_hjSession_123", random43, Shape{Kind: "other", Confidence: High}},
	{"_yammer_session", random43, Shape{Kind: "opaque-session", Session: true, Confidence: Medium}},
	{"ai_session", random43, Shape{Kind: "other", Confidence: High}},
	{"lang", "en", Shape{Kind: "other", Confidence: Medium}},
	{"inside", random43, Shape{Kind: "other", Confidence: Medium}},
	{"session", "aaaaaaaaaaaaaaaaaaaaaaaa1", Shape{Kind: "other", Confidence: Medium}},
	{"token", "short1", Shape{Kind: "other", Confidence: Medium}},
}

func TestShapesOfSingleCookies(t *testing.T) {
	for _, c := range shapes {
		got := Classify(c.name, c.value, now)
		if got.Because == "" {
			t.Errorf("%s=%s: no reason", c.name, c.value)
		}
		got.Because = ""
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s=%.60s: difference (-want +got):\n%s", c.name, c.value, diff)
		}
	}
}

func TestTimeOfIssueDecides(t *testing.T) {
	for at, want := range map[time.Time]string{
		time.Unix(1795450000, 0): "flask-session",
		// The token was made on 2026-11-23, a day of doubt included.
		time.Unix(1795450000, 0).Add(-72 * time.Hour): "opaque-session",
	} {
		if got := Classify("session", alice, at); got.Kind != want {
			t.Errorf("at %v: %+v, want %s", at, got, want)
		}
	}
}

func TestOldEpochIsRead(t *testing.T) {
	// Flask 0.12.5 with itsdangerous 0.24 counted from 2011: "HeYAyw".
	old := "eyJ1c2VyIjoiYWxpY2UifQ.HeYAyw." + strings.Repeat("A", 27)
	f, err := DecodeFlask(old)
	want := FlaskSession{Keys: []string{"user"}, Tags: []string{}, Issued: time.Unix(501612747+epoch2011, 0).UTC(), LoggedIn: true}
	if diff := cmp.Diff(want, f); diff != "" || err != nil {
		t.Errorf("error %v, difference (-want +got):\n%s", err, diff)
	}
	if got := Classify("session", old, now); got.Kind != "flask-session" {
		t.Errorf("taken for %+v", got)
	}
}
