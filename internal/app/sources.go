package app

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Read puts a Config together: flags beat environment beats file beats defaults.
// flags holds the values of the flags that were given.
func Read(flags map[string][]string, file string) (*Config, error) {
	if file == "" {
		file = os.Getenv("TRUENAME_CONFIG")
	}
	fromFile, err := readFile(file)
	if err != nil {
		return nil, err
	}
	c := new(Config)
	for _, s := range Settings {
		from := s.source(flags, fromFile)
		if err := s.set(c, from.values); err != nil {
			return nil, fmt.Errorf("%s: %w", from.where, err)
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return nil, errors.New("--tls-cert and --tls-key go together: give both, or none for HTTP")
	}
	return c, nil
}

// source is what one source says of a setting, and where, for errors.
type source struct {
	values []string
	where  string
}

// source is the strongest source that says something of s.
func (s Setting) source(flags map[string][]string, fromFile map[string]source) source {
	if v, ok := flags[s.Name]; ok {
		return source{v, "--" + s.Name}
	}
	if v, ok := os.LookupEnv(s.Env()); ok {
		if s.List {
			return source{splitList(v), s.Env()}
		}
		return source{[]string{v}, s.Env()}
	}
	if v, ok := fromFile[s.Name]; ok {
		return v
	}
	return source{[]string{s.Default}, "default of --" + s.Name}
}

func splitList(v string) []string {
	parts := strings.Split(v, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// readFile reads one YAML mapping of setting names to a value or a list of values.
func readFile(path string) (map[string]source, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--config: %w; name a YAML file that this user may read", err)
	}
	doc, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, notYAML(path, err)
	}
	settings := make(map[string]source)
	for _, d := range doc.Docs {
		if d.Body == nil {
			continue
		}
		if err := readMapping(settings, d.Body, path); err != nil {
			return nil, err
		}
	}
	return settings, nil
}

func notYAML(path string, err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("%s: not YAML: %w", path, err)
	}
	return fmt.Errorf("%s: not YAML: %s", place(path, at.GetToken()), at.GetMessage())
}

func place(path string, t *token.Token) string {
	return fmt.Sprintf("%s:%d:%d", path, t.Position.Line, t.Position.Column)
}

func readMapping(settings map[string]source, body ast.Node, path string) error {
	var pairs []*ast.MappingValueNode
	switch n := body.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		return fmt.Errorf("%s: not a mapping of settings; write each as \"name: value\", as in dns: 127.0.0.1:5300", place(path, body.GetToken()))
	}
	for _, p := range pairs {
		key := p.Key.GetToken()
		s, err := find(key.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", place(path, key), err)
		}
		list, ok := scalars(p.Value)
		if !ok || len(list) != 1 && !s.List {
			return fmt.Errorf("%s: %s takes %s", place(path, key), s.Name, s.takes())
		}
		settings[s.Name] = source{list, place(path, p.Value.GetToken()) + ": " + s.Name}
	}
	return nil
}

// takes says what kind of value the file may have for s.
func (s Setting) takes() string {
	if s.List {
		return fmt.Sprintf("a value or a list of values, as in %s: [%s, %s]", s.Name, s.Value, s.Value)
	}
	return fmt.Sprintf("a single value, as in %s: %s", s.Name, s.Value)
}

// scalars is the plain values that n is or lists.
func scalars(n ast.Node) (list []string, ok bool) {
	switch n := n.(type) {
	case *ast.SequenceNode:
		for _, v := range n.Values {
			one, ok := scalars(v)
			if !ok {
				return nil, false
			}
			list = append(list, one...)
		}
		return list, true
	case *ast.NullNode:
		return []string{""}, true
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return []string{n.GetToken().Value}, true
	}
	return nil, false
}

func find(name string) (*Setting, error) {
	names := make([]string, len(Settings))
	for i := range Settings {
		if Settings[i].Name == name {
			return &Settings[i], nil
		}
		names[i] = Settings[i].Name
	}
	return nil, fmt.Errorf("%q is not a setting; there are: %s", name, strings.Join(names, ", "))
}
