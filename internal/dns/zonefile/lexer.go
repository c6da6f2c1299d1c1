package zonefile

import "github.com/truename-dns/truename/internal/dns/rr"

// What an octet means outside of quotes.
type class uint8

const (
	plain class = iota
	blank
	newline
	comment
	open
	shut
	quote
	escape
	control
)

var classes = func() (c [256]class) {
	for i := range ' ' {
		c[i] = control
	}
	c[0x7f] = control
	c[' '], c['\t'], c['\r'] = blank, blank, blank
	c['\n'], c[';'], c['('], c[')'] = newline, comment, open, shut
	c['"'], c['\\'] = quote, escape
	return c
}()

// entry is one entry of a master file, cut into fields: a line, or more where
// parentheses join them.
type entry struct {
	fields []rr.Field
	blank  bool     // it starts with a blank: the owner is that of the entry before
	faults []*Error // what is wrong with its form; it must be dropped then
}

func (e *entry) isDirective() bool {
	if e.blank || len(e.fields) == 0 || e.fields[0].Quoted {
		return false
	}
	return e.fields[0].Text[0] == '$'
}

// mostSalvages bounds how often the rest of a file is read again for the sake
// of a parenthesis that is never closed.
const mostSalvages = 8

// lexer cuts one entry out of a source.
type lexer struct {
	entry
	src       *source
	buf       []byte
	at        int // next octet
	last      int // where the last field ended
	line      int
	lineStart int // where in buf the line starts, for columns
	depth     int
	opened    Position // of the outermost parenthesis
	openAt    int      // its offset
	salvaged  int      // how many were never closed
	more      bool     // the entry may go on behind the buffer
}

// next cuts the entry at the start of the source. It reports false when the
// entry does not end within the buffer although the file goes on.
func (l *lexer) next(src *source) bool {
	l.src, l.buf, l.at, l.line, l.lineStart = src, src.buf[:src.end+1], src.at, src.line, src.at
	l.fields, l.faults, l.depth, l.more, l.last = l.fields[:0], nil, 0, false, -1
	first := l.buf[l.at]
	l.blank = first == ' ' || first == '\t'
	for l.token() {
	}
	if l.depth > 0 && !l.more {
		l.unclosed()
	}
	return !l.more
}

// unclosed handles a parenthesis that the file never closes: the next entry is
// taken to start at the first line behind it that begins like one.
func (l *lexer) unclosed() {
	l.faults = append(l.faults, &Error{l.opened, "open_parenthesis", "the ( that stands here is never closed",
		"close it with ) at the end of the entry"})
	if l.salvaged++; l.salvaged > mostSalvages {
		return
	}
	line := l.opened.Line
	for i := l.openAt; i < l.src.end; i++ {
		if l.buf[i] != '\n' {
			continue
		}
		if line++; classes[l.buf[i+1]] == plain {
			l.at, l.line = i+1, line
			return
		}
	}
}

// token takes one token; it reports false at the end of the entry.
func (l *lexer) token() bool {
	buf, i := l.buf, l.at
	for classes[buf[i]] == blank {
		i++
	}
	l.at = i
	switch classes[buf[i]] {
	case plain, escape:
		return l.word(i)
	case newline:
		return l.endOfLine(i)
	case comment:
		for buf[i] != '\n' {
			i++
		}
		return l.endOfLine(i)
	case open:
		l.openParen(i)
	case shut:
		l.shutParen(i)
	case quote:
		return l.text(i)
	case control:
		l.controlOctet(i)
		l.at = i + 1
	}
	return true
}

func (l *lexer) word(i int) bool {
	buf, start := l.buf, i
	for {
		for classes[buf[i]] == plain {
			i++
		}
		c := classes[buf[i]]
		if c == control {
			l.controlOctet(i)
		} else if c != escape {
			break
		} else if i++; buf[i] == '\n' || buf[i] == '\r' {
			if i == l.src.end && !l.src.eof {
				return l.needMore()
			}
			l.fault(i-1, "bad_escape", "a backslash stands at the end of the line", `write \\ for a backslash`)
			break
		} else if classes[buf[i]] == control {
			l.controlOctet(i)
		}
		i++
	}
	if i == l.src.end && !l.src.eof {
		return l.needMore()
	}
	l.add(start, i, start, false)
	l.at, l.last = i, i
	return true
}

// text takes a quoted text. It may not go over the end of a line.
func (l *lexer) text(open int) bool {
	buf, i := l.buf, open+1
	for buf[i] != '"' && buf[i] != '\n' {
		if c := buf[i]; c == '\\' && buf[i+1] != '\n' {
			i++
		} else if classes[c] == control {
			l.controlOctet(i)
		}
		i++
	}
	if i >= l.src.end && !l.src.eof {
		return l.needMore()
	}
	if buf[i] == '\n' {
		l.fault(open, "open_quote", "the text that starts here has no closing quote on its line",
			`close it with "; to spread strings over lines, quote each and put ( ) around them`)
		l.at = i
		return true
	}
	l.add(open+1, i, open, true)
	l.at, l.last = i+1, i+1
	return true
}

func (l *lexer) add(start, end, column int, quoted bool) {
	l.fields = append(l.fields, rr.Field{
		Text: l.buf[start:end:end], Quoted: quoted, Joined: column == l.last,
		Line: int32(l.line), Column: int32(column - l.lineStart + 1),
	})
}

func (l *lexer) openParen(i int) {
	l.at = i + 1
	if l.depth++; l.depth == 1 {
		l.opened = l.pos(i)
		l.openAt = i
	}
}

func (l *lexer) shutParen(i int) {
	l.at = i + 1
	if l.depth == 0 {
		l.fault(i, "stray_parenthesis", "this ) closes nothing", "remove it, or put the ( that it belongs to before it")
		return
	}
	l.depth--
}

// endOfLine handles the line feed at i, which is the end of the file where i
// is the end of the buffer.
func (l *lexer) endOfLine(i int) bool {
	l.at = i
	if i == l.src.end {
		if !l.src.eof {
			return l.needMore()
		}
		return false
	}
	l.at, l.lineStart = i+1, i+1
	l.line++
	return l.depth > 0
}

func (l *lexer) needMore() bool {
	l.more = true
	return false
}

func (l *lexer) controlOctet(i int) {
	const digits = "0123456789"
	c := l.buf[i]
	escaped := string([]byte{'\\', digits[c/100], digits[c/10%10], digits[c%10]})
	l.fault(i, "control_octet", "a control octet stands here", "remove it, or write it as "+escaped)
}

func (l *lexer) fault(i int, code, message, fix string) {
	l.faults = append(l.faults, &Error{l.pos(i), code, message, fix})
}

func (l *lexer) pos(i int) Position { return Position{l.src.file, l.line, i - l.lineStart + 1} }
