package traffic

import "time"

// Level is how long the stretches of time are that are told apart.
type Level uint8

// The levels. Times are in UTC.
const (
	Minute Level = iota
	Hour
	Day
	levels
)

// Where the Buckets of a level stand on the shelf, and for how long.
var shelves = [levels]struct {
	kind, id string // id is a layout of time
	keep     time.Duration
}{
	{"traffic-minute", "2006-01-02T15:04", 3 * time.Hour},
	{"traffic-hour", "2006-01-02T15", 90 * 24 * time.Hour},
	{"traffic-day", "2006-01-02", 2 * 366 * 24 * time.Hour},
}

// Start is the beginning of the stretch that t is in.
func (l Level) Start(t time.Time) time.Time { return t.UTC().Truncate(l.Length()) }

// Length is that of a stretch.
func (l Level) Length() time.Duration {
	return [levels]time.Duration{time.Minute, time.Hour, 24 * time.Hour}[l]
}

func (l Level) kind() string { return shelves[l].kind }

func (l Level) id(start time.Time) string { return start.UTC().Format(shelves[l].id) }

// kept reports whether the Bucket of that id is still kept at now.
func (l Level) kept(id string, now time.Time) bool {
	start, err := time.Parse(shelves[l].id, id)
	return err == nil && now.Sub(start) <= shelves[l].keep+l.Length()
}
