package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	engine "modernc.org/sqlite"
)

// conn is one connection with its prepared statements. It talks to the driver
// without database/sql between, which costs as much as the engine does for rows
// this small. One goroutine at a time uses it.
type conn struct {
	raw      driver.Conn
	prepared map[string]driver.Stmt
	args     []driver.NamedValue
}

// statement is what the driver's statements are; the context is checked
// between rows here, for the driver would start a goroutine to watch it.
type statement interface {
	driver.StmtExecContext
	driver.StmtQueryContext
}

func connect(uri, setup string) (*conn, error) {
	raw, err := (&engine.Driver{}).Open(uri)
	if err != nil {
		return nil, err
	}
	c := &conn{raw: raw, prepared: map[string]driver.Stmt{}}
	if err := c.script(setup); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *conn) close() error {
	var errs []error
	for _, s := range c.prepared {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.raw.Close())...)
}

// script runs many statements once.
func (c *conn) script(sql string) error {
	s, err := c.raw.Prepare(sql)
	if err != nil {
		return err
	}
	_, err = s.(statement).ExecContext(context.Background(), nil)
	return errors.Join(err, s.Close())
}

// prepare is the statement of sql, which is one of few texts.
func (c *conn) prepare(sql string) (statement, error) {
	s, ok := c.prepared[sql]
	if !ok {
		var err error
		if s, err = c.raw.Prepare(sql); err != nil {
			return nil, fmt.Errorf("%w in %s", err, sql)
		}
		c.prepared[sql] = s
	}
	return s.(statement), nil
}

// bind is args as the driver wants them, valid until the next bind.
func (c *conn) bind(args []driver.Value) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec runs a statement and says how many rows it changed.
func (c *conn) exec(sql string, args ...driver.Value) (int, error) {
	s, err := c.prepare(sql)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(context.Background(), c.bind(args))
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}

// query runs a statement; its rows are closed by the caller.
func (c *conn) query(sql string, args ...driver.Value) (*rows, error) {
	s, err := c.prepare(sql)
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(context.Background(), c.bind(args))
	if err != nil {
		return nil, err
	}
	return &rows{r: r, row: make(row, len(r.Columns()))}, nil
}

// first is the first row of a query, nil if there is none.
func (c *conn) first(sql string, args ...driver.Value) (row, error) {
	r, err := c.query(sql, args...)
	if err != nil {
		return nil, err
	}
	var found row
	if r.next() {
		found = r.row
	}
	return found, r.close()
}

// number is the first column of the first row of a query.
func (c *conn) number(sql string, args ...driver.Value) (int64, error) {
	r, err := c.first(sql, args...)
	if err != nil || r == nil {
		return 0, err
	}
	return r.int(0), nil
}

// each calls visit with every row of a query; the row is valid until it returns.
func (c *conn) each(visit func(row) error, sql string, args ...driver.Value) error {
	r, err := c.query(sql, args...)
	if err != nil {
		return err
	}
	for r.next() {
		if err := visit(r.row); err != nil {
			_ = r.close() // the first error tells more
			return err
		}
	}
	return r.close()
}

// isFull reports whether err is that there is no room left.
func isFull(err error) bool {
	const full = 13 // SQLITE_FULL; what is above the low octet tells more
	e, ok := errors.AsType[*engine.Error](err)
	return ok && e.Code()&0xff == full
}

// rows walks over the rows of a query: next until it is false, then close.
type rows struct {
	r   driver.Rows
	row row
	err error
}

func (r *rows) next() bool {
	r.err = r.r.Next(r.row)
	return r.err == nil
}

// close ends the query and returns what ended it before its last row.
func (r *rows) close() error {
	err := r.r.Close()
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return r.err
	}
	return err
}

// row is the columns of one row. NULL reads as the zero value.
type row []driver.Value

func (r row) int(i int) int64   { v, _ := r[i].(int64); return v }
func (r row) text(i int) string { v, _ := r[i].(string); return v }
func (r row) blob(i int) []byte { v, _ := r[i].([]byte); return v }
