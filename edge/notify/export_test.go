// What the outer tests see of the inside: the bodies that would be posted, the
// letter that would be sent, and the escaping of each service.

package notify

import (
	"bytes"
	"time"
)

// Posted is the body that a channel of that kind is sent.
func Posted(kind ChannelKind, m Message) (string, error) {
	text, err := posted(kind, m)
	return string(text), err
}

// Letter is the letter with its headers.
func Letter(box Outbox, c Channel, m Message, id string, now time.Time) (string, error) {
	msg, err := box.letter(c.Mail, m, id, now)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	_, err = msg.WriteTo(&out)
	return out.String(), err
}

// The escapers, for fuzzing.
var (
	Clean         = clean
	Units         = units
	SlackEscape   = slackEscape
	SlackCode     = slackCode
	DiscordEscape = discordEscape
	DiscordCode   = discordCode
)

// Colours of levels, for comparison with the palette.
func Colours() map[string]string {
	all := map[string]string{}
	for l, c := range colours {
		all[string(l)] = c
	}
	return all
}
