package change

import (
	"encoding/binary"
	"encoding/json"
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func TestNotesOfAllTimesAreRead(t *testing.T) {
	for _, c := range []struct {
		situation, text string
		want            Note
	}{
		{"nothing", `{}`, Note{}},
		{"flattened, as it was written first", `{"comment":"x","flatten":true}`, Note{Comment: "x", Alias: Alias{Flatten: Yes}}},
		{"not flattened", `{"flatten":false}`, Note{Alias: Alias{Flatten: No}}},
		{"no time at all", `{"max_stale":0}`, Note{Alias: Alias{MaxStale: SecondsOf(0)}}},
		{"TXT without quotes", `{"bare":true}`, Note{Bare: true}},
		{"name servers of a client", `{"claimed":true}`, Note{Claimed: true}},
		{"everything", `{"flatten":true,"on_failure":"fallback","max_stale":60,"fallback":["192.0.2.1","2001:db8::1"]}`, Note{Alias: Alias{
			Flatten: Yes, OnFailure: "fallback", MaxStale: SecondsOf(60), Fallback: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}}}},
	} {
		t.Run(c.situation, func(t *testing.T) {
			var n Note
			if err := json.Unmarshal([]byte(c.text), &n); err != nil || !n.Equal(&c.want) {
				t.Fatalf("%+v, %v", n, err)
			}
			if text, err := json.Marshal(&n); err != nil || string(text) != c.text {
				t.Errorf("it is written as %s, %v", text, err)
			}
			if n.Empty() != (c.text == "{}") {
				t.Errorf("empty: %v", n.Empty())
			}
		})
	}
	for _, text := range []string{`{"flatten":"yes"}`, `{"flatten":1}`, `{"max_stale":-1}`, `{"max_stale":"60"}`, `{"max_stale":4294967295}`, `{"fallback":["x"]}`} {
		if err := json.Unmarshal([]byte(text), new(Note)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}

func TestWhatIsSaidComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Alias{
			Flatten:   rapid.SampledFrom([]Choice{Unset, Yes, No}).Draw(t, "flatten"),
			OnFailure: rapid.SampledFrom([]string{"", "stale", "nodata"}).Draw(t, "on failure"),
		}
		if rapid.Bool().Draw(t, "stale") {
			a.MaxStale = SecondsOf(rapid.Uint32Max(1<<30).Draw(t, "seconds"))
		}
		for _, b := range rapid.SliceOfN(rapid.Uint32(), 0, 3).Draw(t, "addresses") {
			a.Fallback = append(a.Fallback, netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, b))))
		}
		text, err := json.Marshal(&a)
		if err != nil {
			t.Fatal(err)
		}
		var back Alias
		if err := json.Unmarshal(text, &back); err != nil || !back.Equal(&a) || !a.Equal(&back) {
			t.Fatalf("%s is %+v, not %+v: %v", text, back, a, err)
		}
		if a.SaysNothing() != (string(text) == "{}") {
			t.Errorf("%s says nothing: %v", text, a.SaysNothing())
		}
	})
}
