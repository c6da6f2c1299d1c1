package rr

import "errors"

// MaxTTL is the greatest TTL in seconds (RFC 2181, Section 8).
const MaxTTL = 1<<31 - 1

// Errors of ParseTTL.
var (
	ErrTTL      = errors.New("not a time: write seconds, or numbers with the units w, d, h, m, s, as in 1h30m")
	ErrTTLRange = errors.New("time is too long: a TTL is at most 2147483647 seconds (RFC 2181, Section 8)")
)

// ParseTTL reads a TTL: seconds in decimal, or numbers with the units w, d, h,
// m and s in any case, added up.
func ParseTTL(text []byte) (uint32, error) {
	v, ok := parseInterval(text)
	switch {
	case !ok:
		return 0, ErrTTL
	case v > MaxTTL:
		return 0, ErrTTLRange
	}
	return uint32(v), nil
}

const tooLong = 1 << 40 // stands for every interval that does not fit

// parseInterval adds up seconds and numbers with units; what does not fit into
// 32 bits comes out as a greater number.
func parseInterval(text []byte) (total uint64, ok bool) {
	var v uint64
	digits := 0
	for _, c := range text {
		if c-'0' <= 9 {
			v = min(v*10+uint64(c-'0'), tooLong)
			digits++
			continue
		}
		unit := unitSeconds(c)
		if unit == 0 || digits == 0 {
			return 0, false
		}
		total = min(total+v*unit, tooLong)
		v, digits = 0, 0
	}
	if len(text) == 0 {
		return 0, false
	}
	return min(total+v, tooLong), true
}

func unitSeconds(c byte) uint64 {
	switch c | 0x20 {
	case 's':
		return 1
	case 'm':
		return 60
	case 'h':
		return 3600
	case 'd':
		return 86400
	case 'w':
		return 604800
	}
	return 0
}

// parseDecimal reads a decimal number up to most.
func parseDecimal(text []byte, most uint64) (uint64, bool) {
	if len(text) == 0 || len(text) > 10 {
		return 0, false
	}
	var v uint64
	for _, c := range text {
		if c-'0' > 9 {
			return 0, false
		}
		v = v*10 + uint64(c-'0')
	}
	return v, v <= most
}
