package connector

import (
	"slices"
	"sync"

	"postroom/desk"
)

const (
	// fetchTries is how often a mail is asked for that the server fails on,
	// before it is left out until the next look at the whole folder.
	fetchTries = 3
	// epochLimit is how often the server may number a folder anew in a day
	// (promises P7).
	epochLimit = 3
)

// folder is what a worker knows of one folder. The ledger in the store is the
// truth; this is what has to be done until the next look at it.
type folder struct {
	listing

	// keep is held while a transaction with the cursor is on its way, so that
	// no older cursor is saved after a newer one.
	keep   sync.Mutex
	cursor desk.Folder

	mu sync.Mutex
	// pending are the UIDs that are on the server and not in the ledger,
	// ascending: they are taken from the end, newest first.
	pending []uint32
	// failed counts the attempts at mails the server fails on. They are asked
	// for alone, so that they stop no other mail.
	failed map[uint32]int
	// oversize are mails too large to be stored whole, with their sizes.
	oversize map[uint32]int64
	// refused says that the server lists the folder but does not open it.
	refused bool
	// noTrash says that the server has failed on Trash in the last look: the
	// next one does without, so that no mail there stops what is new.
	noTrash bool
	// hidden is how many messages the server counts and does not list.
	hidden int
}

func newFolder(l listing) *folder {
	return &folder{listing: l, failed: map[uint32]int{}, oversize: map[uint32]int64{}}
}

// begin takes over the cursor the store has. What was to be done in another
// epoch means nothing any more.
func (f *folder) begin(cursor desk.Folder) {
	f.keep.Lock()
	changed := f.cursor.UIDValidity != cursor.UIDValidity
	f.cursor = cursor
	f.keep.Unlock()
	if !changed {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = nil
	clear(f.failed)
	clear(f.oversize)
}

// at is the cursor as it is now.
func (f *folder) at() desk.Folder {
	f.keep.Lock()
	defer f.keep.Unlock()
	return f.cursor
}

// hide notes how many messages the server counts and does not list.
func (f *folder) hide(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hidden = n
}

func (f *folder) hides() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hidden
}

// refuse notes whether the server opens the folder.
func (f *folder) refuse(refused bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused = refused
}

func (f *folder) isRefused() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refused
}

// failTrash notes that the server fails on Trash.
func (f *folder) failTrash() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.noTrash = true
}

// passTrash reports whether this look is to do without Trash, once.
func (f *folder) passTrash() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	pass := f.noTrash
	f.noTrash = false
	return pass
}

// want sets what has to be fetched. again lets the mails that were left out
// have one more try.
func (f *folder) want(missing []uint32, again bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if again {
		for uid, n := range f.failed {
			f.failed[uid] = min(n, fetchTries-1)
		}
	}
	f.pending = slices.DeleteFunc(missing, func(uid uint32) bool { return f.failed[uid] >= fetchTries })
}

// add puts newly arrived UIDs to what has to be fetched.
func (f *folder) add(uids []uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, uids...)
	slices.Sort(f.pending)
	f.pending = slices.Compact(f.pending)
}

// batch is what to ask for in one command.
type batch struct {
	uids []uint32
	// alone is a mail that has failed before.
	alone bool
	// cut is the size of a mail that is too large.
	cut int64
}

// take gives the newest n mails that have to be fetched, or one that needs a
// command of its own; no UIDs when nothing is left.
func (f *folder) take(n int) batch {
	f.mu.Lock()
	defer f.mu.Unlock()
	from := len(f.pending)
	for from > 0 && len(f.pending)-from < n && !f.special(f.pending[from-1]) {
		from--
	}
	b := batch{}
	if from == len(f.pending) && from > 0 {
		from--
		uid := f.pending[from]
		b.cut, b.alone = f.oversize[uid], true
	}
	b.uids = slices.Clone(f.pending[from:])
	f.pending = f.pending[:from]
	return b
}

func (f *folder) special(uid uint32) bool {
	_, failed := f.failed[uid]
	return failed || f.oversize[uid] > 0
}

// missed puts back what a command has not brought. A mail that was asked for
// alone has used up one of its tries.
func (f *folder) missed(b batch, got []uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	back := f.pending
	for _, uid := range b.uids {
		if slices.Contains(got, uid) {
			continue
		}
		if b.alone {
			f.failed[uid]++
		} else if _, ok := f.failed[uid]; !ok {
			f.failed[uid] = 0
		}
		if f.failed[uid] < fetchTries {
			back = append(back, uid)
		}
	}
	slices.Sort(back)
	f.pending = slices.Compact(back)
}

// returned puts a batch back that failed for a reason of ours.
func (f *folder) returned(b batch) { f.add(b.uids) }

// succeeded forgets the troubles of mails that have come.
func (f *folder) succeeded(uids []uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, uid := range uids {
		delete(f.failed, uid)
		delete(f.oversize, uid)
	}
}

// large notes a mail that is too large.
func (f *folder) large(uid uint32, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.oversize[uid] = size
}

// left is how many mails still have to be fetched.
func (f *folder) left() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.pending)
}

// givenUp are the UIDs that the server does not hand out.
func (f *folder) givenUp() []uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []uint32
	for uid, n := range f.failed {
		if n >= fetchTries {
			list = append(list, uid)
		}
	}
	slices.Sort(list)
	return list
}

// subtract gives the members of a that are not in b; both ascend.
func subtract(a, b []uint32) []uint32 {
	var rest []uint32
	j := 0
	for _, uid := range a {
		for j < len(b) && b[j] < uid {
			j++
		}
		if j == len(b) || b[j] != uid {
			rest = append(rest, uid)
		}
	}
	return rest
}

// dropFailed forgets the troubles with mails that are not there any more.
func (f *folder) dropFailed(present []uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for uid := range f.failed {
		if _, there := slices.BinarySearch(present, uid); !there {
			delete(f.failed, uid)
		}
	}
}
