package exchange

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/truename-dns/truename/internal/dns/wire"
)

// Kind says why there is no answer.
type Kind uint8

// The kinds.
const (
	Timeout     Kind = iota // nothing that fits came in time
	Canceled                // whoever asked does not want to know any more
	Unreachable             // the network or the server's machine turned the question away
	Mismatch                // what came answers other questions
	Malformed               // what came is no message
	Insecure                // the server could not prove its name
	Busy                    // a limit of ours kept the question from being sent
)

func (k Kind) String() string {
	return [...]string{"timeout", "canceled", "unreachable", "mismatch", "malformed", "insecure", "busy"}[k]
}

// Error is a question without an answer.
type Error struct {
	Kind     Kind
	Server   Server
	Question Question
	Err      error
}

func (e *Error) Error() string {
	return fmt.Sprintf("asking %s for %s %s: %s: %v", e.Server, e.Question.Name, e.Question.Type, e.Kind, e.Err)
}

// Why is the reason alone, in words for people: the kind, and what is wrong where
// there is something to be done about it.
func (e *Error) Why() string {
	switch e.Kind {
	case Busy:
		return e.Err.Error()
	case Insecure:
		return distrust(e.Server.TLSName, e.Err)
	}
	return e.Kind.String()
}

func (e *Error) Unwrap() error { return e.Err }

var errBusy = errors.New("all sockets are in use")

func asError(ctx context.Context, s Server, q Question, err error) *Error {
	return &Error{Kind: kindOf(ctx, err), Server: s, Question: q, Err: err}
}

func kindOf(ctx context.Context, err error) Kind {
	var verify *tls.CertificateVerificationError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var network net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Canceled
	case errors.Is(err, errBusy):
		return Busy
	case errors.Is(err, errStranger), errors.Is(err, errStrangers), errors.Is(err, errCase), errors.Is(err, errCookie):
		return Mismatch
	case errors.Is(err, wire.ErrMalformed), errors.Is(err, wire.ErrShort):
		return Malformed
	case errors.As(err, &verify), errors.As(err, &host), errors.As(err, &record), errors.As(err, &alert):
		return Insecure
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return Timeout
	}
	return Unreachable
}
