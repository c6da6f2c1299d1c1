package alias

import (
	"container/heap"
	"time"
)

// plan is when which family is to be resolved, by the Clock, and which tickets
// wait for their rate, by the process's own time: a Clock that stands still must
// not keep them waiting.
type plan struct {
	due     dueHeap
	delayed delayedHeap
	start   time.Time // of the process's own time
}

// clock is the process's own time, in nanoseconds.
func (p *plan) clock() int64 { return int64(time.Since(p.start)) }

// dueHeap is families by due. It keeps their places in them.
type dueHeap []*family

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].due < h[j].due }
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = int32(i+1), int32(j+1)
}

func (h *dueHeap) Push(x any) {
	f := x.(*family)
	*h = append(*h, f)
	f.place = int32(len(*h))
}

func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	f := (*h)[last]
	(*h)[last] = nil
	*h, f.place = (*h)[:last], 0
	return f
}

// put plans f for due.
func (p *plan) put(f *family, due int64) {
	f.due = due
	if f.place > 0 {
		heap.Fix(&p.due, int(f.place-1))
		return
	}
	heap.Push(&p.due, f)
}

// take takes f out, if it is in.
func (p *plan) take(f *family) {
	if f.place > 0 {
		heap.Remove(&p.due, int(f.place-1))
	}
}

// nextDue is a family that is due at now, taken out, or nil.
func (p *plan) nextDue(now int64) *family {
	if len(p.due) == 0 || p.due[0].due > now {
		return nil
	}
	return heap.Pop(&p.due).(*family)
}

// delayedHeap is tickets by at.
type delayedHeap []*ticket

func (h delayedHeap) Len() int           { return len(h) }
func (h delayedHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h delayedHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *delayedHeap) Push(x any)        { *h = append(*h, x.(*ticket)) }
func (h *delayedHeap) Pop() any {
	last := len(*h) - 1
	k := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return k
}

// delay has k wait until at.
func (p *plan) delay(k *ticket, at int64) {
	k.at = at
	heap.Push(&p.delayed, k)
}

// nextDelayed is a ticket that has waited long enough at now, taken out, or nil.
func (p *plan) nextDelayed(now int64) *ticket {
	if len(p.delayed) == 0 || p.delayed[0].at > now {
		return nil
	}
	return heap.Pop(&p.delayed).(*ticket)
}
