// Package heartbleed asks each version of TLS that agrees to heartbeats for one
// that claims a few bytes more than it carries (CVE-2014-0160).
package heartbleed

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes/internal/reaction"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe sends the request in the clear, with a message behind it that anybody must
// answer: then a server that drops it, as it should, keeps nobody waiting. A server
// whose hello has no such extension is not asked.
var Probe = probe.Probe{
	Name:  "heartbleed",
	Needs: []string{observe.TLSVersions.Name()},
	After: []string{observe.TLSFeatures.Name()},
	Fills: []string{observe.Heartbeats.Name()},
	Most:  probe.Budget{Connections: 3, Bytes: 1 << 20},
	Run:   run,
}

// What a request carries and what it claims. The claim goes four bytes beyond the
// record, its padding included, so that only a server that reads where nothing was
// sent can meet it; and those four are never read.
const (
	carried = 4
	padding = 16
	claimed = carried + padding + 4
)

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	features, _ := observe.Seen(rec, observe.TLSFeatures)
	seen := observe.HeartbeatReplies{Absent: reaction.Absent(versions), Versions: map[tlshello.Version]observe.HeartbeatReply{}}
	var lock sync.Mutex
	questions := []func(){}
	for _, version := range []tlshello.Version{tlshello.TLS10, tlshello.TLS11, tlshello.TLS12} {
		if !versions[version].Accepted() {
			continue
		}
		if told, known := features.Versions[version]; known && told.Full && !told.Heartbeat {
			seen.Versions[version] = observe.HeartbeatReply{Ref: told.Ref}
			continue
		}
		questions = append(questions, func() {
			reply := ask(ctx, w, version)
			lock.Lock()
			defer lock.Unlock()
			seen.Versions[version] = reply
		})
	}
	probe.Beside(questions...)
	observe.Put(rec, observe.Heartbeats, seen, refs(versions, seen)...)
}

// refs are the exchanges that say so: where no version could be asked, those that
// say that none is accepted.
func refs(versions observe.Versions, seen observe.HeartbeatReplies) (all []observe.Ref) {
	for _, version := range tlshello.Versions() {
		switch reply, asked := seen.Versions[version]; {
		case asked && reply.Ref != "":
			all = append(all, reply.Ref)
		case len(seen.Versions) == 0 && versions[version].Ref != "":
			all = append(all, versions[version].Ref)
		}
	}
	return all
}

func ask(ctx context.Context, w *wire.Wire, version tlshello.Version) observe.HeartbeatReply {
	hello := w.Hello(version, reaction.Suites(version))
	hello.Heartbeat = true
	reply := observe.HeartbeatReply{}
	heard, gap := reaction.To(ctx, w, w.Target().HTTPSPort, reaction.Question{
		About: fmt.Sprintf("%s heartbeat request that claims %d bytes and carries %d", version, claimed, carried),
		Hello: hello,
		Say: func(flight tlshello.Answer) ([]byte, error) {
			if reply.Agreed = flight.Heartbeat(); !reply.Agreed {
				return nil, nil
			}
			reply.Carried, reply.Claimed = carried, claimed
			return append(request(version), reaction.OutOfTurn(version)...), nil
		},
		Hear: func(r io.Reader) (observe.Reaction, error) { return hear(r, &reply.Answered) },
	})
	reply.Reaction, reply.Ref = heard.Reaction, heard.Ref
	if gap != nil {
		reply.Why, reply.Detail = gap.Why, gap.Detail
	}
	return reply
}

// request is a heartbeat request (RFC 6520 section 4).
func request(version tlshello.Version) []byte {
	body := append([]byte{1, claimed >> 8, claimed}, make([]byte, carried+padding)...)
	return reaction.Record(reaction.Heartbeat, version, body)
}

// hear reads the head of the next record, and of a heartbeat the length that it
// gives. Its payload is left where it is.
func hear(r io.Reader, answered *int) (observe.Reaction, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(r, head); err != nil {
		return reaction.Ended(err)
	}
	if head[0] != reaction.Heartbeat {
		return reaction.Hear(io.MultiReader(bytes.NewReader(head), r))
	}
	body := make([]byte, 3)
	if _, err := io.ReadFull(r, body); err != nil {
		return reaction.Ended(err)
	}
	const response = 2
	if body[0] == response {
		*answered = min(int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(head[3:])))
	}
	return "record of type 24", nil
}
