package internet

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// changeOwn replaces a zone file of the server under test. What follows has to wait for
// it with `eventually`.
func (p *player) changeOwn(e Event) error {
	z, ok := p.own[e.Arg]
	if !ok {
		return fmt.Errorf("it has no zone %q", e.Arg)
	}
	z.Text = strings.Join(e.Lines, "\n") + "\n"
	zone := p.ownZone(z, int(time.Now().UnixMilli()%1e9)+2)
	return os.WriteFile(filepath.Join(p.subject.dir, "zones", z.Origin+"zone"), []byte(zone.Text), 0o644)
}

// api sends a request to the API of the server under test: "METHOD PATH", in the lines
// below `status N`, any number of `says TEXT`, and what is left is the body.
func (p *player) api(e Event) error {
	method, path, _ := strings.Cut(e.Arg, " ")
	status, says, body := "2", []string(nil), []string(nil)
	for _, text := range e.Lines {
		word, rest, _ := strings.Cut(text, " ")
		switch word {
		case "status":
			status = rest
		case "says":
			says = append(says, rest)
		default:
			body = append(body, text)
		}
	}
	answer, text, err := p.request(method, path, strings.Join(body, "\n"))
	if err != nil {
		return err
	}
	missing := slices.ContainsFunc(says, func(want string) bool { return !strings.Contains(text, want) })
	if missing || !strings.HasPrefix(answer, status) {
		return fmt.Errorf("%s, want %s with %q\n%s", answer, status, says, text)
	}
	return nil
}

func (p *player) request(method, path, body string) (status, text string, err error) {
	r, err := http.NewRequest(method, "http://"+p.subject.HTTP+path, strings.NewReader(body))
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Authorization", "Bearer "+Token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	client := http.Client{Timeout: 10 * time.Second}
	reply, err := client.Do(r)
	if err != nil {
		return "", "", err
	}
	defer reply.Body.Close()
	octets, err := io.ReadAll(reply.Body)
	return reply.Status, string(octets), err
}
