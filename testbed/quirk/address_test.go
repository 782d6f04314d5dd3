// A closed port refuses and a black hole keeps silent.

package quirk

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

func TestClosedRefusesAndBlackholeDoesNotAnswer(t *testing.T) {
	if _, err := net.Dial("tcp", Closed(t)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a closed port gives %v", err)
	}
	_, err := net.DialTimeout("tcp", Blackhole(t), 50*time.Millisecond)
	if late, ok := errors.AsType[net.Error](err); !ok || !late.Timeout() {
		t.Errorf("a black hole gives %v", err)
	}
}
