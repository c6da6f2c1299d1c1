package zone

// Serial is an SOA serial number, which wraps around.
type Serial uint32

// Newer reports whether a comes after b in serial number arithmetic
// (RFC 1982, Section 3.2); of two numbers half the circle apart neither does.
func (a Serial) Newer(b Serial) bool { return a != b && a-b < 1<<31 }
