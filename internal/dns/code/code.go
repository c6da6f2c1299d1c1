// Package code names the numbers by which a message says what became of a
// query: opcodes, response codes and extended errors.
package code

// Op is an opcode (RFC 6895, Section 2.2).
type Op uint8

// Opcodes.
const (
	OpQuery  Op = 0
	OpIQuery Op = 1
	OpStatus Op = 2
	OpNotify Op = 4
	OpUpdate Op = 5
	OpDSO    Op = 6
)

// Rcode is a response code; OPT carries its upper eight bits (RFC 6891, Section 6.1.3).
type Rcode uint16

// Response codes (RFC 6895, Section 2.3).
const (
	NoError   Rcode = 0
	FormErr   Rcode = 1
	ServFail  Rcode = 2
	NXDomain  Rcode = 3
	NotImp    Rcode = 4
	Refused   Rcode = 5
	YXDomain  Rcode = 6
	NotAuth   Rcode = 9
	BadVers   Rcode = 16
	BadCookie Rcode = 23
)

var rcodeNames = map[Rcode]string{
	NoError: "NOERROR", FormErr: "FORMERR", ServFail: "SERVFAIL", NXDomain: "NXDOMAIN",
	NotImp: "NOTIMP", Refused: "REFUSED", YXDomain: "YXDOMAIN", NotAuth: "NOTAUTH",
	BadVers: "BADVERS", BadCookie: "BADCOOKIE",
}

// String is the mnemonic; "OTHER" for a code that this program never sends.
func (r Rcode) String() string {
	if s, ok := rcodeNames[r]; ok {
		return s
	}
	return "OTHER"
}
