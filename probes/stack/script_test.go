// Frameworks beside Flask, each started by a small script.

package stack_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"middlebrick/testbed/lab"
)

const djangoApp = `import sys
from django.conf import settings
settings.configure(SECRET_KEY='laboratory', ALLOWED_HOSTS=['*'], ROOT_URLCONF='__main__',
    SESSION_ENGINE='django.contrib.sessions.backends.signed_cookies',
    MIDDLEWARE=['django.middleware.security.SecurityMiddleware', 'django.contrib.sessions.middleware.SessionMiddleware',
                'django.middleware.common.CommonMiddleware', 'django.middleware.clickjacking.XFrameOptionsMiddleware'])
import django
django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path


def login(request):
    request.session['user'] = 'alice'
    return JsonResponse({'user': 'alice'})


urlpatterns = [path('login', login), path('users/', login)]
from wsgiref.simple_server import make_server
make_server('127.0.0.1', int(sys.argv[1]), get_wsgi_application()).serve_forever()
`

const starletteApp = `import sys
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route


async def login(request):
    request.session['user'] = 'alice'
    return JSONResponse({'user': 'alice'})


app = Starlette(routes=[Route('/login', login), Route('/users/', login)],
                middleware=[Middleware(SessionMiddleware, secret_key='laboratory')])
uvicorn.run(app, host='127.0.0.1', port=int(sys.argv[1]), log_level='warning')
`

const fileServer = `import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()
`

// startLimit bounds the wait for a script to listen.
const startLimit = 30 * time.Second

// script runs a Python program that serves plain http on the port that it is
// given, until the test's end.
func script(t *testing.T, module, source string) *lab.Server {
	t.Helper()
	if exec.Command("/usr/bin/python3", "-c", "import "+module).Run() != nil {
		t.Skipf("needs Debian package python3-%s", module)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.py"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	number := strconv.Itoa(lab.FreePort(t))
	cmd := exec.Command("/usr/bin/python3", "app.py", number)
	cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
	at := net.JoinHostPort("127.0.0.1", number)
	tick, limit := time.NewTicker(5*time.Millisecond), time.NewTimer(startLimit)
	defer tick.Stop()
	defer limit.Stop()
	for {
		if conn, err := net.Dial("tcp", at); err == nil {
			conn.Close()
			return &lab.Server{Plain: at, Dir: dir}
		}
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("%s does not listen on %s", module, at)
		}
	}
}
