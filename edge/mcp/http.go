// The tools over HTTP: on loopback unless told otherwise, for callers who hold the
// token, and for no page of another site.

package mcp

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// endpoint is the one path that answers.
const endpoint = "/mcp"

// listen serves until the context ends. The address and the token are told once.
func listen(ctx context.Context, o Options, server *sdk.Server) error {
	token := o.Token
	if token == "" {
		random := make([]byte, 32)
		if _, err := rand.Read(random); err != nil {
			return fmt.Errorf("making a token: %w", err)
		}
		token = "mb_mcp_" + hex.EncodeToString(random)
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("listening for tools on %s: %w", o.Listen, err)
	}
	o.Say("tools are served on http://%s%s", listener.Addr(), endpoint)
	if o.Token == "" {
		o.Say("callers need this header, told once: Authorization: Bearer %s", token)
	}
	web := &http.Server{
		Handler:           handler(server, token, o.Origins),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	unhook := context.AfterFunc(ctx, func() { _ = web.Close() })
	defer unhook()
	defer func() {
		for session := range server.Sessions() {
			_ = session.Close()
		}
	}()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving tools on %s: %w", o.Listen, err)
	}
	return nil
}

func handler(server *sdk.Server, token string, origins []string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(endpoint, sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return server }, &sdk.StreamableHTTPOptions{
		SessionTimeout: 30 * time.Minute, MaxRequestBodyBytes: mostRequest, PropagateRequestCancellation: true,
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" && !slices.Contains(origins, origin) {
			refuse(w, http.StatusForbidden, "pages of this origin may not call; allow it with --allow-origin")
			return
		}
		shown, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !bearer || subtle.ConstantTimeCompare([]byte(shown), []byte(token)) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "the header Authorization: Bearer TOKEN is missing or wrong; the token was told when this server began")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": why})
}
