package envelope

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/truename-dns/truename/api"
)

// asked is the Call of a request with that value of the parameter x.
func asked(value string) *Call {
	target := "/v1/zones"
	if value != "" {
		target += "?x=" + url.QueryEscape(value)
	}
	return NewCall(httptest.NewRecorder(), httptest.NewRequest("GET", target, nil), 1000)
}

// field is which field an error is about; empty for no error.
func field(err error) string {
	if err == nil {
		return ""
	}
	e := Error(err)
	if len(e.Details) == 0 {
		return e.Code
	}
	return e.Details[0]["field"]
}

func TestNumbersInTheQuery(t *testing.T) {
	tests := []struct {
		name, text string
		least      int
		want       int
		wrong      bool
	}{
		{"none", "", 0, 7, false},
		{"one", "12", 0, 12, false},
		{"the least", "0", 0, 0, false},
		{"below the least", "0", 1, 0, true},
		{"the most", "100", 0, 100, false},
		{"above the most", "101", 0, 100, false},
		{"beyond all numbers", "99999999999999999999", 0, 100, false},
		{"below all numbers", "-99999999999999999999", 0, 0, true},
		{"below zero", "-1", 0, 0, true},
		{"a word", "ten", 0, 0, true},
		{"a fraction", "1.5", 0, 0, true},
		{"an exponent", "1e1", 0, 0, true},
		{"with a space", " 1", 0, 0, true},
		{"with a sign", "+5", 0, 5, false},
		{"in hexadecimal", "0x10", 0, 0, true},
		{"with a line under", "1_0", 0, 0, true},
		{"in digits of another script", "٣", 0, 0, true},
		{"with zeros in front", "007", 0, 7, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := asked(test.text).Integer("x", 7, test.least, 100)
			if wrong := field(err) == "x"; wrong != test.wrong || got != test.want {
				t.Errorf("%d, %v", got, err)
			}
		})
	}
}

func TestSwitchesInTheQuery(t *testing.T) {
	tests := []struct {
		text      string
		def, want bool
		wrong     bool
	}{
		{"", false, false, false},
		{"", true, true, false},
		{"true", false, true, false},
		{"TRUE", false, true, false},
		{"1", false, true, false},
		{"yes", false, true, false},
		{"false", true, false, false},
		{"0", true, false, false},
		{"no", true, false, false},
		{"maybe", true, false, true},
		{"2", false, false, true},
	}
	for _, test := range tests {
		got, err := asked(test.text).Boolean("x", test.def)
		if wrong := field(err) == "x"; wrong != test.wrong || got != test.want {
			t.Errorf("%q: %v, %v", test.text, got, err)
		}
	}
}

func TestSerialsInTheQueryAndInIfMatch(t *testing.T) {
	tests := []struct {
		name, text string
		serial     int64 // -1 for none
		query      bool  // it is fine in the query
		match      bool  // it is fine in If-Match
	}{
		{"none", "", -1, true, true},
		{"zero", "0", 0, true, true},
		{"a date", "2026010100", 2026010100, true, true},
		{"the largest", "4294967295", 4294967295, true, true},
		{"larger than the largest", "4294967296", 0, false, false},
		{"below zero", "-1", 0, false, false},
		{"a word", "abc", 0, false, false},
		{"in quotes", `"7"`, 7, false, true},
		{"weak", `W/"7"`, 7, false, true},
		{"any", "*", -1, false, true},
		{"two", `"7", "8"`, 0, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := asked(test.text)
			serial, err := c.Serial("x")
			if fine := err == nil; fine != test.query || fine && (serial == nil) != (test.serial < 0) || serial != nil && int64(*serial) != test.serial {
				t.Errorf("in the query: %v, %v", serial, err)
			}
			c.R.Header.Set(IfMatch, test.text)
			serial, err = c.Match()
			if fine := err == nil; fine != test.match || fine && (serial == nil) != (test.serial < 0) || serial != nil && int64(*serial) != test.serial {
				t.Errorf("in If-Match: %v, %v", serial, err)
			}
			if err != nil && (field(err) != IfMatch || Error(err).Code != api.CodeInvalidInput) {
				t.Errorf("the error is about %s", field(err))
			}
		})
	}
}

func TestAQueryThatIsNone(t *testing.T) {
	c := NewCall(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/zones", nil), 1000)
	c.R.URL.RawQuery = "%zz;&x=1"
	if got := c.Query("x"); got != "1" {
		t.Errorf("what can be read is %q", got)
	}
}
