package zonefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/dns/rr"
)

const maxIncludes = 16

// include is a file that is being read because of an $INCLUDE.
type include struct {
	path string
	info fs.FileInfo
}

// include reads another file in place of the directive. Origin and owner are
// those of before when it is done (RFC 1035, Section 5.1).
func (p *parser) include(file string, fields []rr.Field) error {
	if err := arguments(file, fields, 1, 2, "$INCLUDE hosts.zone example.net."); err != nil {
		return err
	}
	name := &fields[1]
	if p.options.RefuseInclude {
		return &Error{place(file, &fields[0]), "include_refused", "$INCLUDE is not allowed here", "put the records of that file in its place"}
	}
	if len(p.stack) >= maxIncludes {
		return &Error{place(file, name), "include_depth", "$INCLUDE is nested more than " + strconv.Itoa(maxIncludes) + " deep", "include the file from one further up"}
	}
	origin := p.origin
	if len(fields) == 3 {
		var err error
		if origin, err = p.readOrigin(file, &fields[2]); err != nil {
			return err
		}
	}
	path := string(name.Text)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(file), path)
	}
	if p.options.Include != nil {
		p.options.Include(path)
	}
	f, err := p.openInclude(file, name, path)
	if err != nil {
		return err
	}
	defer f.Close()
	before, owner, ownerBad := p.origin, append([]byte(nil), p.owner...), p.ownerBad
	p.origin = origin
	err = p.parse(f, path)
	p.origin, p.owner, p.ownerBad = before, owner, ownerBad
	p.stack = p.stack[:len(p.stack)-1]
	return err
}

// openInclude opens the file at path, a regular one that is not being read
// already, and puts it on the stack.
func (p *parser) openInclude(file string, name *rr.Field, path string) (*os.File, error) {
	if len(p.stack) == 0 {
		if info, err := os.Stat(file); err == nil {
			p.stack = append(p.stack, &include{file, info})
		}
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, &Error{place(file, name), "include_failed", path + " is not a regular file", "name a master file"}
	}
	if err != nil {
		return nil, cannotInclude(file, name, err)
	}
	for i, outer := range p.stack {
		if os.SameFile(outer.info, info) {
			return nil, &Error{place(file, name), "include_loop", "$INCLUDE goes round in a circle: " + loop(p.stack[i:], path), "remove this $INCLUDE or the one that leads here"}
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, cannotInclude(file, name, err)
	}
	p.stack = append(p.stack, &include{path, info})
	return f, nil
}

func cannotInclude(file string, name *rr.Field, err error) *Error {
	return &Error{place(file, name), "include_failed", "cannot include: " + err.Error(), "name a file that can be read; a relative name starts at the directory of this file"}
}

func loop(stack []*include, path string) string {
	var text strings.Builder
	for _, step := range stack {
		text.WriteString(step.path + " -> ")
	}
	return text.String() + path
}
