// What a cookie's name alone says.

package cookieshape

import "strings"

// sessionParts stand anywhere in the name of a cookie that carries an identity.
var sessionParts = []string{"session", "sess_", "_sess", "auth", "token", "login", "logged", "remember", "identity", "jwt", "passport"}

// sessionWords are whole words of such a name; as parts they would match too
// much ("inside", "userlang").
var sessionWords = map[string]bool{
	"sid": true, "sess": true, "user": true, "uid": true, "userid": true, "account": true, "member": true, "sso": true,
	"ticket": true, "tgt": true, "bearer": true,
}

// likeSession says that a name is one that people give to sessions.
func likeSession(lower string) bool {
	if likeMeasuring(lower) {
		return false
	}
	for _, part := range sessionParts {
		if strings.Contains(lower, part) {
			return true
		}
	}
	for word := range strings.FieldsFuncSeq(lower, func(r rune) bool { return strings.ContainsRune("._-:", r) }) {
		if sessionWords[word] {
			return true
		}
	}
	return false
}

// onceParts name tokens that are used once and are no session, though
// itsdangerous writes them byte for byte like one.
var onceParts = []string{"reset", "confirm", "verif", "invit", "activat", "unsubscribe", "recover", "password", "magic", "email", "signup", "oauth_state"}

func likeOnce(lower string) bool {
	for _, part := range onceParts {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

// measuringPrefixes begin the names of cookies that count visitors, balance load
// or tell robots apart: random, often with "session" in them, and no login.
var measuringPrefixes = []string{
	"_ga_", "_gat_", "_gcl_", "__utm", "_hj", "_pk_", "mtm_", "ai_session", "ai_user", "__hstc", "__hssc", "__hssrc", "hubspotutk",
	"ajs_anonymous", "ajs_user", "amplitude_", "optimizely", "_uet", "datadome", "__cf_bm", "__cfruid", "__cflb", "cf_clearance", "cf_chl_",
	"awsalb", "awselb", "arraffinity", "bigipserver", "incap_ses_", "visid_incap_", "nlbi_", "nsc_", "stickysession", "intercom-id",
	"intercom-device", "sc_anonymous", "adobe_", "amcv_", "_ttp", "_tt_", "__qca", "_parsely", "_sp_id", "_sp_ses", "snowplow",
	"cookieconsent", "cookie_consent", "optanonconsent", "onetrust", "euconsent", "didomi",
}

// measuringNames are such names whole; begun with, they would match too much.
var measuringNames = map[string]bool{
	"_ga": true, "_gid": true, "_gat": true, "_fbp": true, "_fbc": true, "_clck": true, "_clsk": true, "muid": true, "_dd_s": true,
	"_cfuvid": true, "ak_bmsc": true, "bm_sv": true, "bm_sz": true, "bm_mi": true, "bm_s": true, "bm_so": true, "bm_lso": true, "_abck": true,
	"citrix_ns_id": true, "_shopify_s": true, "_shopify_y": true, "_y": true, "_s": true, "s_vi": true, "s_fid": true, "_scid": true,
}

func likeMeasuring(lower string) bool {
	if measuringNames[lower] || strings.HasSuffix(lower, "_mixpanel") {
		return true
	}
	for _, prefix := range measuringPrefixes {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return false
}

func measuring(c candidate) (Shape, bool) {
	return Shape{Kind: "other", Confidence: High, Because: "the name is that of a visitor count, a load balancer or a consent"}, likeMeasuring(c.lower)
}

// csrfByName knows the tokens against cross-site request forgery. All but
// ASP.NET's are meant to be read by script and sent back in a header (Angular's
// XSRF-TOKEN, Django's csrftoken, Flask-JWT-Extended's csrf_access_token).
func csrfByName(c candidate) (Shape, bool) {
	if strings.Contains(c.lower, "antiforgery") || c.lower == "__requestverificationtoken" {
		return Shape{Kind: "csrf", Framework: "ASP.NET", Confidence: High, Because: "the name is that of ASP.NET's antiforgery cookie"}, true
	}
	if !strings.Contains(c.lower, "csrf") && !strings.Contains(c.lower, "xsrf") {
		return Shape{}, false
	}
	framework, confidence := "", Medium
	switch {
	case c.lower == "csrftoken" && (len(c.value) == 32 || len(c.value) == 64) && isAlnum(c.value):
		framework, confidence = "Django", High
	case c.lower == "_xsrf" && strings.HasPrefix(c.plain, "2|"):
		framework, confidence = "Tornado", High
	case c.lower == "csrf_access_token" || c.lower == "csrf_refresh_token":
		framework, confidence = "Flask-JWT-Extended", High
	}
	return Shape{Kind: "csrf", Framework: framework, CSRF: true, Confidence: confidence, Because: "the name is that of a token against request forgery"}, true
}

// namedSessions are sessions known by a fixed name; the value is the maker's own.
var namedSessions = []struct {
	prefix, kind, framework, confidence string
	whole                               bool // the name ends there
}{
	{"phpsessid", "php-session", "PHP", High, true},
	{"ci_session", "php-session", "CodeIgniter", High, true},
	{"moodlesession", "php-session", "Moodle", High, false},
	{"wordpress_logged_in_", "php-session", "WordPress", High, false},
	{"wordpress_sec_", "php-session", "WordPress", High, false},
	{"rack.session", "rack-session", "Rack", High, true},
	{"connect.sid", "express-session", "Express", Medium, true},
	{"express:sess", "express-cookie-session", "Express", Medium, true},
	{"express.sid", "express-session", "Express", Medium, true},
	{"koa.sess", "express-cookie-session", "Koa", Medium, true},
	{"asp.net_sessionid", "opaque-session", "ASP.NET", High, true},
	{".aspxauth", "opaque-session", "ASP.NET", High, true},
	{".aspnet.applicationcookie", "opaque-session", "ASP.NET", High, false},
	{".aspnetcore.", "opaque-session", "ASP.NET Core", High, false},
	{"aspsessionid", "opaque-session", "ASP", High, false},
	{"cfid", "opaque-session", "ColdFusion", Medium, true},
	{"cftoken", "opaque-session", "ColdFusion", Medium, true},
	{"laravel_session", "opaque-session", "Laravel", High, true},
	{"remember_web_", "opaque-session", "Laravel", High, false},
	{"play_session", "opaque-session", "Play", High, true},
	{"vaadinservice", "opaque-session", "Vaadin", Medium, false},
}

func namedSession(c candidate) (Shape, bool) {
	switch {
	case c.lower == "jsessionid":
		framework := "Java servlet"
		id, _, _ := strings.Cut(c.value, ".") // ".node" after it names the worker
		if len(id) == 32 && strings.Trim(id, "0123456789ABCDEF") == "" {
			framework = "Tomcat"
		}
		return Shape{Kind: "tomcat-session", Framework: framework, Session: true, Confidence: High, Because: "the name is JSESSIONID"}, true
	case c.lower == "sessionid" && len(c.value) == 32 && strings.Trim(c.value, "abcdefghijklmnopqrstuvwxyz0123456789") == "":
		return Shape{Kind: "django-session", Framework: "Django", Session: true, Confidence: High,
			Because: "the name is sessionid and the value has 32 lower-case letters and digits"}, true
	case isDrupal(c.lower):
		return Shape{Kind: "php-session", Framework: "Drupal", Session: true, Confidence: High, Because: "the name is SESS and 32 hexadecimal digits"}, true
	}
	for _, n := range namedSessions {
		if c.lower == n.prefix || !n.whole && strings.HasPrefix(c.lower, n.prefix) {
			return Shape{Kind: n.kind, Framework: n.framework, Session: true, Confidence: n.confidence,
				Because: "the name is one that " + n.framework + " gives to its session"}, true
		}
	}
	return Shape{}, false
}

// isDrupal knows SESS… and SSESS… with 32 hexadecimal digits.
func isDrupal(lower string) bool {
	digits := strings.TrimPrefix(strings.TrimPrefix(lower, "s"), "sess")
	return len(digits) == 32 && len(lower) >= 36 && isHex(digits)
}
