// The stories: transcripts of the real program, against servers on loopback.

package main

import (
	"errors"
	"net"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"middlebrick": main, "middlebrick-crowded": crowded})
}

func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"greets": greets,
			"silent": silent,
			"mends":  mends,
		},
		Setup: func(env *testscript.Env) error {
			for _, name := range []string{"COLUMNS", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG", "TERM", "GITHUB_ACTIONS"} {
				env.Setenv(name, "")
			}
			env.Setenv("MIDDLEBRICK_HISTORY", "off") // stories that are about it switch it on
			return nil
		},
	})
}

// exits CODE COMMAND... runs a command that must end with that code.
func exits(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	got := 0
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit %d, want %d", got, want)
	}
}

// silent NAME starts a server that accepts connections and never says a word,
// and puts its address into the variable of that name.
func silent(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], listener.Addr().String())
	accepted := make(chan []net.Conn, 1)
	go func() {
		var open []net.Conn
		for {
			conn, err := listener.Accept()
			if err != nil {
				accepted <- open
				return
			}
			open = append(open, conn)
		}
	}()
	ts.Defer(func() {
		listener.Close()
		for _, conn := range <-accepted {
			conn.Close()
		}
	})
}
