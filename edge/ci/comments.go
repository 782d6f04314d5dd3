// Comments of a pull request: one for each target, found by its marker and
// edited in place. Whatever goes wrong here is told and fails nothing.

package ci

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Comments are those of one pull request.
type Comments struct {
	API        *API
	Repository string
	Number     int
}

// ErrForbidden is the answer to a token that may not write comments, which is
// what every pull request from a fork has.
var ErrForbidden = errors.New("the token may not write comments")

// mostPages bounds the search: 10,000 comments.
const mostPages = 100

type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	URL  string `json:"html_url"`
	User struct {
		Login string `json:"login"`
		Type  string `json:"type"`
	} `json:"user"`
}

// Put leaves one comment that begins with the marker and holds that body: it
// edits the one that is there, or writes one. It gives the comment's address.
func (c Comments) Put(ctx context.Context, marker, body string) (url string, err error) {
	text := marker + "\n" + body
	old, err := c.find(ctx, marker)
	if err != nil {
		return "", err
	}
	if old != nil && old.Body == text {
		return old.URL, nil
	}
	if old != nil {
		return c.write(ctx, http.MethodPatch, fmt.Sprintf("/repos/%s/issues/comments/%d", c.Repository, old.ID), text)
	}
	return c.create(ctx, marker, text)
}

// create writes a new comment. After a failure of the service it looks first
// whether the comment is there nevertheless: two would be worse than one late.
func (c Comments) create(ctx context.Context, marker, text string) (string, error) {
	for attempt := 1; ; attempt++ {
		url, err := c.write(ctx, http.MethodPost, c.list(), text)
		if !errors.Is(err, errService) || attempt >= mostAttempts {
			return url, err
		}
		if err := c.API.pause(ctx, attempt); err != nil {
			return "", err
		}
		old, found := c.find(ctx, marker)
		if found == nil && old != nil {
			return old.URL, nil
		}
	}
}

func (c Comments) write(ctx context.Context, method, path, text string) (string, error) {
	var written comment
	_, err := c.API.do(ctx, method, path, map[string]string{"body": text}, &written)
	return written.URL, err
}

func (c Comments) list() string {
	return fmt.Sprintf("/repos/%s/issues/%d/comments", c.Repository, c.Number)
}

// find goes through the pages. Only a program's comment is taken for ours:
// anybody may write a comment with our marker in it, and could edit it again
// after us. A token of a person is that person.
func (c Comments) find(ctx context.Context, marker string) (*comment, error) {
	me := ""
	for page := 1; page <= mostPages; page++ {
		var comments []comment
		more, err := c.API.do(ctx, http.MethodGet, fmt.Sprintf("%s?per_page=100&page=%d", c.list(), page), nil, &comments)
		if err != nil {
			return nil, err
		}
		for _, found := range comments {
			if !strings.HasPrefix(found.Body, marker) {
				continue
			}
			if me == "" {
				me = c.API.whoami(ctx)
			}
			if found.User.Login == me || me == unnamed && found.User.Type == "Bot" {
				return &found, nil
			}
		}
		if !more {
			return nil, nil
		}
	}
	return nil, fmt.Errorf("more than %d comments", mostPages*100)
}
