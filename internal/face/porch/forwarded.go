package porch

import "strings"

// parseForwarded reads the elements of a Forwarded header (RFC 7239, Section 4),
// each with its parameters by name in lower case. An element that says nothing
// stays, with none, for it stands for a proxy on the way.
func parseForwarded(line string) (elements []map[string]string, ok bool) {
	rest := line
	for {
		var e map[string]string
		if e, rest, ok = parseElement(rest); !ok {
			return nil, false
		}
		elements = append(elements, e)
		if rest == "" {
			return elements, true
		}
		rest = rest[1:] // the comma
	}
}

// parseElement reads parameters up to a comma, or to the end.
func parseElement(text string) (e map[string]string, rest string, ok bool) {
	e = make(map[string]string)
	for {
		text = strings.TrimLeft(text, " \t")
		if text == "" || text[0] == ',' {
			return e, text, true
		}
		if text[0] == ';' {
			text = text[1:]
			continue
		}
		name, after, found := strings.Cut(text, "=")
		name = strings.ToLower(name)
		_, twice := e[name]
		if !found || twice || !isToken(name) {
			return nil, "", false
		}
		if e[name], text, ok = parseValue(after); !ok {
			return nil, "", false
		}
	}
}

// parseValue reads a token or a quoted string, and sees to it that the parameter
// ends there.
func parseValue(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, ",; \t")
		if end < 0 {
			end = len(text)
		}
		value, rest = text[:end], strings.TrimLeft(text[end:], " \t")
		// Addresses of IPv6 need quotes, but not all who write them know.
		return value, rest, value != "" && !strings.Contains(value, `"`) && ended(rest)
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			rest = strings.TrimLeft(text[i+1:], " \t")
			return b.String(), rest, ended(rest)
		case '\\':
			if i++; i == len(text) {
				return "", "", false
			}
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

func ended(rest string) bool { return rest == "" || rest[0] == ',' || rest[0] == ';' }

// isToken reports whether text is one (RFC 9110, Section 5.6.2).
func isToken(text string) bool {
	return text != "" && strings.Trim(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") == ""
}
