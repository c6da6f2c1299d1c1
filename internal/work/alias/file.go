package alias

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// File is a Memory in one file: records are appended, and the whole is written
// anew when it has doubled. A kill of the process loses nothing that was saved, a
// crash of the machine the last seconds; a record that it cut short ends what is read.
type File struct {
	path string
	sync func(*os.File) error // (*os.File).Sync
	mu   sync.Mutex
	file *os.File
	size int64 // octets that are good
	base int64 // octets when the file was last written anew; 0 where it has to be
	// settles, where it is not nil, has what was appended last through a crash in a while.
	settles *time.Timer
	failed  error // of that, until somebody is told
}

const (
	fileHead = "truename alias 1\n"
	// smallFile is not worth being written anew, in octets.
	smallFile = 1 << 20
	// settleDelay is how long after an append the disk is told to keep it, with all
	// that came since.
	settleDelay = 3 * time.Second
)

// OpenFile opens the file at path, or makes it. Its directory must be there.
func OpenFile(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	head := make([]byte, len(fileHead))
	n, err := io.ReadFull(f, head)
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
	case string(head[:n]) != fileHead[:n]:
		err = fmt.Errorf("%s is no memory of ALIAS targets; move it away and start again", path)
	default:
		return &File{path: path, sync: (*os.File).Sync, file: f}, nil
	}
	return nil, errors.Join(err, f.Close())
}

// Close closes the file, which is on the disk then.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.failed
	if f.settles != nil {
		f.settled()
		err = f.sync(f.file)
	}
	return errors.Join(err, f.file.Close())
}

// settled: nothing is left to be told to the disk.
func (f *File) settled() {
	if f.settles != nil {
		f.settles.Stop()
		f.settles = nil
	}
}

// settle has what was appended last through a crash of the machine. Nobody waits for
// that, so that a failure is told to who saves next; what is on the disk then, nobody
// knows.
func (f *File) settle() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.settles == nil {
		return // somebody else has
	}
	f.settled()
	if err := f.sync(f.file); err != nil {
		f.failed, f.base = err, 0
	}
}

// Load reads the file as far as it is good.
func (f *File) Load(ctx context.Context, take func(Saved)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(f.file, 1<<16)
	head := make([]byte, len(fileHead))
	if _, err := io.ReadFull(in, head); err != nil {
		f.base = 0 // new, or cut short at once
		return nil
	}
	f.size = int64(len(head))
	n, err := readRecords(ctx, in, take)
	f.size += n
	f.base = max(f.size/2, 1)
	if errors.Is(err, ErrDamaged) {
		f.base = 0
		err = fmt.Errorf("%s, from octet %d on: %w", f.path, f.size, err)
	}
	return err
}

// readRecords hands the records of in to take, and counts their octets.
func readRecords(ctx context.Context, in *bufio.Reader, take func(Saved)) (n int64, err error) {
	var room []byte
	for ctx.Err() == nil {
		var s Saved
		s, room, err = readRecord(in, room)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n += int64(len(room))
		take(s)
	}
	return n, ctx.Err()
}

// Save makes File a Memory.
func (f *File) Save(_ context.Context, changed []Saved, all iter.Seq[Saved]) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.failed; err != nil {
		f.failed = nil
		return err
	}
	if f.base == 0 || f.size > max(2*f.base, smallFile) {
		return f.rewrite(all)
	}
	var b []byte
	for _, s := range changed {
		b = appendRecord(b, s)
	}
	if _, err := f.file.WriteAt(b, f.size); err != nil {
		return err
	}
	f.size += int64(len(b))
	if f.settles == nil {
		f.settles = time.AfterFunc(settleDelay, f.settle)
	}
	return nil
}

// rewrite puts a file with all in place of this one.
func (f *File) rewrite(all iter.Seq[Saved]) error {
	next, err := os.OpenFile(f.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	size, err := writeAll(next, all)
	if err == nil {
		err = f.sync(next)
	}
	if err == nil {
		err = os.Rename(next.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, next.Close(), os.Remove(next.Name()))
	}
	f.settled()
	old := f.file
	f.file, f.size, f.base = next, size, size
	return errors.Join(old.Close(), syncDir(filepath.Dir(f.path)))
}

func writeAll(w io.Writer, all iter.Seq[Saved]) (size int64, err error) {
	out := bufio.NewWriterSize(w, 1<<16)
	n, err := out.WriteString(fileHead)
	size = int64(n)
	var b []byte
	for s := range all {
		b = appendRecord(b[:0], s)
		size += int64(len(b))
		if _, err := out.Write(b); err != nil {
			return size, err
		}
	}
	return size, errors.Join(err, out.Flush())
}

// syncDir makes the names in the directory last.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, fs.ErrInvalid) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
