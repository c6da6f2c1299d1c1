package scenario

import "github.com/truename-dns/truename/conformance/subject"

// NewStep makes a step of lines that stand in a file of another format, the first of
// them in the line of that number.
func NewStep(title string, number int, lines []string) Step {
	s := Step{Title: title, Line: number}
	for i, text := range lines {
		s.lines = append(s.lines, line{number + i, text})
	}
	return s
}

// Take puts the question to server and returns all that is wrong with the reply.
func (s Step) Take(server *subject.Server) error { return s.take(server, new(state)) }
