package graph

import (
	"bytes"
	"encoding/binary"
	"sort"
)

// A leaf is a run of keys in order, in one run of octets without pointers that
// never changes once it is made, so that readers need no lock to go through it:
//
//	count(2) shared(2) | end(2)… | what all keys begin with | the rest of each key…
type leaf []byte

const (
	leafHead = 4
	leafMax  = 4096 // octets of a leaf before it is cut
	leafFill = 3072 // octets of each part then, at most
	leafThin = 1024 // a leaf smaller than this is joined with the next
)

func (l leaf) count() int  { return int(binary.LittleEndian.Uint16(l)) }
func (l leaf) shared() int { return int(binary.LittleEndian.Uint16(l[2:])) }

func (l leaf) prefix() []byte {
	at := leafHead + 2*l.count()
	return l[at : at+l.shared()]
}

// rest is what key i has behind the prefix.
func (l leaf) rest(i int) []byte {
	base := leafHead + 2*l.count() + l.shared()
	return l[base+l.end(i) : base+l.end(i+1)]
}

func (l leaf) appendKey(dst []byte, i int) key {
	return append(append(dst, l.prefix()...), l.rest(i)...)
}

// compare orders key i of l and k.
func (l leaf) compare(i int, k key) int {
	p := l.prefix()
	n := min(len(p), len(k))
	if c := bytes.Compare(p[:n], k[:n]); c != 0 || n < len(p) {
		if c == 0 {
			return 1
		}
		return c
	}
	return bytes.Compare(l.rest(i), k[n:])
}

// seek is the place of the first key that is not before k.
func (l leaf) seek(k key) int {
	return sort.Search(l.count(), func(i int) bool { return l.compare(i, k) >= 0 })
}

// makeLeaf packs keys, which are in order.
func makeLeaf(keys []key) leaf {
	shared := common(keys[0], keys[len(keys)-1])
	l := make(leaf, 0, sizeOf(keys, shared))
	l = binary.LittleEndian.AppendUint16(l, uint16(len(keys)))
	l = binary.LittleEndian.AppendUint16(l, uint16(shared))
	end := 0
	for _, k := range keys {
		end += len(k) - shared
		l = binary.LittleEndian.AppendUint16(l, uint16(end))
	}
	l = append(l, keys[0][:shared]...)
	for _, k := range keys {
		l = append(l, k[shared:]...)
	}
	return l
}

// with is l after o, where that is a matter of moving octets: the keys go on
// sharing what they do, and there is neither too much nor too little left.
func (l leaf) with(o op) (next leaf, ok bool) {
	i := l.seek(o.key)
	if found := i < l.count() && l.compare(i, o.key) == 0; found != o.gone {
		return l, true
	}
	if o.gone && len(l) < leafThin {
		return nil, false
	}
	if o.gone {
		return l.splice(i, nil), true
	}
	if !bytes.HasPrefix(o.key, l.prefix()) || len(l)+2+len(o.key) > leafMax {
		return nil, false
	}
	return l.splice(i, o.key[l.shared():]), true
}

// splice is l with rest put before key i, or, where rest is nil, without key i.
func (l leaf) splice(i int, rest key) leaf {
	from, to, by, count := l.end(i), l.end(i), len(rest), l.count()+1
	if rest == nil {
		to = l.end(i + 1)
		by, count = from-to, l.count()-1
	}
	out := make(leaf, 0, len(l)+by+2*(count-l.count()))
	out = binary.LittleEndian.AppendUint16(out, uint16(count))
	out = append(out, l[2:leafHead+2*i]...)
	if rest != nil {
		out = binary.LittleEndian.AppendUint16(out, uint16(from+by))
	} else {
		i++
	}
	for i++; i <= l.count(); i++ {
		out = binary.LittleEndian.AppendUint16(out, uint16(l.end(i)+by))
	}
	base := leafHead + 2*l.count() + l.shared()
	out = append(append(out, l.prefix()...), l[base:base+from]...)
	return append(append(out, rest...), l[base+to:]...)
}

// end is where the rests of the first i keys end.
func (l leaf) end(i int) int {
	if i == 0 {
		return 0
	}
	return int(binary.LittleEndian.Uint16(l[leafHead+2*(i-1):]))
}

// sizeOf is the length of the leaf of keys.
func sizeOf(keys []key, shared int) int {
	n := leafHead + shared
	for _, k := range keys {
		n += 2 + len(k) - shared
	}
	return n
}

// makeLeaves packs keys into one leaf if they fit, into several otherwise.
func makeLeaves(keys []key) []leaf {
	var out []leaf
	for len(keys) > 0 {
		n := fitting(keys, leafMax)
		if n < len(keys) {
			n = fitting(keys, leafFill)
		}
		out = append(out, makeLeaf(keys[:n]))
		keys = keys[n:]
	}
	return out
}

// fitting is how many of keys, at least one, go into a leaf of so many octets.
func fitting(keys []key, octets int) int {
	sum := 0
	for i, k := range keys {
		sum += len(k)
		shared := common(keys[0], k)
		if size := leafHead + shared + sum + (i+1)*(2-shared); size > octets && i > 0 {
			return i
		}
	}
	return len(keys)
}

// common is how many octets a and b begin with alike.
func common(a, b key) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
