// The decision at the dial: after names, redirects and policies have said what they
// had to say, on the address that the very next system call connects to.

package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// dialer connects over TCP to what the policy permits. A connection ends within
// seconds: keeping it alive costs four system calls and does nothing.
func dialer(permit func(netip.AddrPort) error) *net.Dialer {
	return &net.Dialer{KeepAlive: -1, ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
		return control(permit, network, address)
	}}
}

func control(permit func(netip.AddrPort) error, network, address string) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: connections are made over TCP", ErrBlocked)
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: no address", ErrBlocked)
	}
	return permit(netip.AddrPortFrom(to.Addr().Unmap(), to.Port()))
}

// surely is the policy, and a refusal where it breaks. Every refusal is ErrBlocked.
func surely(permit func(netip.AddrPort) error) func(netip.AddrPort) error {
	return func(to netip.AddrPort) (err error) {
		defer func() {
			if recover() != nil {
				err = fmt.Errorf("%w: the policy broke", ErrBlocked)
			}
		}()
		err = permit(to)
		if err != nil && !errors.Is(err, ErrBlocked) {
			err = fmt.Errorf("%w: %w", ErrBlocked, err)
		}
		return err
	}
}
