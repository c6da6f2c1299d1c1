package password

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Characters that a password has at least and at most.
const (
	Least = 10
	Most  = 256
)

// Weak says why a password is not taken, and what to do.
type Weak struct{ Message, Fix string }

func (w *Weak) Error() string { return w.Message + "; " + w.Fix }

//go:embed common.txt
var commonText string

// common is the passwords that are guessed first, by their cores too.
var common = commonOf(strings.Fields(commonText))

func commonOf(words []string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range words {
		set[w] = true
		if core := coreOf(w); core != "" {
			set[core] = true
		}
	}
	return set
}

const advice = "take a few words that have nothing to do with each other, or let a password manager make one"

// Check is nil for a password that can be taken, or a *Weak. own is what belongs
// to the person and would be guessed first: the name, the e-mail address.
func Check(password string, own ...string) error {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return &Weak{"the password is no UTF-8", "type it anew"}
	case n < Least:
		return &Weak{fmt.Sprintf("the password has %d characters", n), fmt.Sprintf("choose one of at least %d", Least)}
	case n > Most:
		return &Weak{fmt.Sprintf("the password has %d characters", n), fmt.Sprintf("choose one of at most %d", Most)}
	case strings.ContainsFunc(password, unicode.IsControl):
		return &Weak{"the password has control characters", "leave them out"}
	case few(password) || dull(password):
		return &Weak{"the password is one of those that are guessed first", advice}
	}
	core := coreOf(password)
	for _, text := range own {
		if about(core, text) {
			return &Weak{"the password is little more than your name or e-mail address", advice}
		}
	}
	return nil
}

// few reports whether there are fewer than four different characters.
func few(password string) bool {
	seen := make(map[rune]bool)
	for _, r := range password {
		seen[r] = true
	}
	return len(seen) < 4
}

// dull reports whether password is a common one or two, however they are dressed
// up: with other letters, with digits or signs around them, or over and over.
func dull(password string) bool {
	core := coreOf(password)
	if core == "" { // digits and signs only
		return utf8.RuneCountInString(password) < 2*Least
	}
	if common[strings.ToLower(password)] || common[core] {
		return true
	}
	for i := range core {
		if word := core[:i]; common[word] && (common[core[i:]] || strings.ReplaceAll(core, word, "") == "") {
			return true
		}
	}
	return false
}

// plain takes back what people put in the place of letters, and what they put
// between words.
var plain = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i",
	" ", "", ".", "", "_", "", "-", "")

// coreOf is password in small letters, without digits and signs around it.
func coreOf(password string) string {
	core := strings.TrimFunc(strings.ToLower(password), func(r rune) bool { return !unicode.IsLetter(r) })
	return plain.Replace(core)
}

// about reports whether nothing is left of core without text and its parts.
func about(core, text string) bool {
	const shortest = 4 // letters of a part that counts
	rest := strings.ReplaceAll(core, coreOf(text), "")
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if p := coreOf(part); utf8.RuneCountInString(p) >= shortest {
			rest = strings.ReplaceAll(rest, p, "")
		}
	}
	return core != "" && rest == ""
}
