// A target for the stories: a server of plain HTTP.

package main

import (
	"net"
	"net/http"

	"github.com/rogpeppe/go-internal/testscript"
)

// greets NAME starts a server of plain HTTP that greets everybody, and puts its
// address into the variable of that name.
func greets(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], listener.Addr().String())
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"hello":"world"}`))
	})}
	over := make(chan error, 1)
	go func() { over <- server.Serve(listener) }()
	ts.Defer(func() {
		server.Close()
		<-over
	})
}
