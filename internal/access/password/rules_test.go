package password

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPasswordsThatAreTakenOrNot(t *testing.T) {
	for _, test := range []struct {
		name, password string
		good           bool
	}{
		{"four words", "otter sings below ice", true},
		{"ten odd letters", "kzvTqpwmRd", true},
		{"from a generator", "V9$k!mZr2#Qx", true},
		{"of another script", "собакалаетгромко", true},
		{"long, of digits", "40718293645501827364", true},
		{"a common word among others", "password of my old goat", true},
		{"nine characters", "kzvTqpwmR", false},
		{"ten octets, but five characters", "äöüßé", false},
		{"empty", "", false},
		{"256 characters", strings.Repeat("abcdefgz", 32), true},
		{"257 characters", strings.Repeat("abcdefgz", 32) + "x", false},
		{"one letter", strings.Repeat("a", 20), false},
		{"three letters", "abcabcabcabcabc", false},
		{"a common one", "qwertyuiop", false},
		{"in capitals", "QWERTYUIOP", false},
		{"with a year", "Password2024", false},
		{"with signs", "!!Password!!", false},
		{"with digits for letters", "P4ssw0rd2024", false},
		{"twice", "passwordpassword", false},
		{"two common ones", "adminpassword", false},
		{"digits in a row", "1234567890", false},
		{"a date and a number", "1985-04-12 17", false},
		{"a walk over the keys", "1q2w3e4r5t", false},
		{"famous", "correcthorsebatterystaple", false},
		{"a control character", "otter sings\nbelow", false},
		{"no UTF-8", "otter sings \xff below", false},
		{"the name", "Johanna2024", false},
		{"the e-mail address", "johanna.meyer@example.org", false},
		{"its first part", "johanna.meyer", false},
		{"the name within a sentence", "johanna hums at night", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := Check(test.password, "Johanna Meyer", "johanna.meyer@example.org")
			if (err == nil) != test.good {
				t.Fatalf("%v", err)
			}
			var weak *Weak
			if err != nil && (!errors.As(err, &weak) || weak.Message == "" || weak.Fix == "") {
				t.Errorf("it does not say what to do: %v", err)
			}
			if err != nil && test.password != "" && strings.Contains(err.Error(), test.password) {
				t.Error("the error holds the password")
			}
		})
	}
}

func TestEveryCommonOneIsRefused(t *testing.T) {
	if len(common) < 200 {
		t.Fatalf("there are only %d", len(common))
	}
	for word := range common {
		long := word
		for utf8.RuneCountInString(long) < Least {
			long += "1"
		}
		if Check(long) == nil {
			t.Errorf("%q is taken", long)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("otter sings below ice", "Jo")
	f.Add("P4ssw0rd\x00", "\xff")
	f.Fuzz(func(t *testing.T, password, own string) {
		if n := utf8.RuneCountInString(password); Check(password, own) == nil && (n < Least || n > Most || !utf8.ValidString(password)) {
			t.Errorf("%q is taken", password)
		}
	})
}
