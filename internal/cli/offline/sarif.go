package offline

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/truename-dns/truename/internal/zone/lint"
)

// The parts of SARIF 2.1.0 that a report of ours has, by the names of the
// standard (OASIS, SARIF Version 2.1.0, Section 3).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID       string      `json:"id"`
		Short    sarifText   `json:"shortDescription"`
		Help     *sarifText  `json:"help,omitempty"`
		HelpURI  string      `json:"helpUri"`
		Defaults sarifConfig `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Fixes     []sarifFix      `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted *sarifText  `json:"insertedContent,omitempty"`
	}
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	homePage    = "https://github.com/truename-dns/truename"
	rulesPage   = homePage + "/blob/main/docs/rules.md"
)

// sarif is a report in the making.
type sarif struct {
	run   sarifRun
	index map[string]int // of a rule, by code
	texts sources
	cwd   string
}

func (s *survey) writeSARIF(out io.Writer, version string) error {
	m := &sarif{index: make(map[string]int), texts: make(sources)}
	m.cwd, _ = os.Getwd()
	m.run.Results = []sarifResult{}
	m.run.Tool.Driver = sarifDriver{Name: "truename", Version: version, InformationURI: homePage}
	for _, r := range lint.Rules() {
		m.rule(r.Code, r.Severity, r.Fix)
	}
	for _, r := range s.files {
		for _, f := range r.Findings {
			if f.File == "" {
				f.File = r.Path
			}
			m.result(f)
		}
	}
	return indented(out, sarifLog{sarifSchema, "2.1.0", []sarifRun{m.run}})
}

// rule is the number of the rule of that code, which is added if need be.
func (m *sarif) rule(code string, s lint.Severity, fix string) int {
	if i, ok := m.index[code]; ok {
		return i
	}
	r := sarifRule{ID: code, Short: sarifText{strings.ReplaceAll(code, "-", " ")}, HelpURI: rulesPage, Defaults: sarifConfig{string(s)}}
	if lint.ByCode(code) != nil {
		r.HelpURI += "#" + code
	}
	if fix != "" {
		r.Help = &sarifText{fix}
	}
	m.index[code] = len(m.run.Tool.Driver.Rules)
	m.run.Tool.Driver.Rules = append(m.run.Tool.Driver.Rules, r)
	return m.index[code]
}

func (m *sarif) result(f lint.Finding) {
	text := f.Message
	if f.Fix != "" {
		text += ". Fix: " + f.Fix
	}
	at := sarifPhysical{sarifArtifact{m.uri(f.File)}, sarifRegion{StartLine: max(f.Line, 1), StartColumn: max(f.Column, 1)}}
	m.run.Results = append(m.run.Results, sarifResult{
		RuleID: f.Code, RuleIndex: m.rule(f.Code, f.Severity, f.Fix), Level: string(f.Severity),
		Message: sarifText{text}, Locations: []sarifLocation{{at}}, Fixes: m.fixes(f),
	})
}

// uri is the path relative to the working directory where it lies below, else absolute.
func (m *sarif) uri(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	if rel, err := filepath.Rel(m.cwd, abs); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return (&url.URL{Path: filepath.ToSlash(rel)}).EscapedPath()
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}).String()
}

// fixes are those of f that change one line of its file and nothing else.
func (m *sarif) fixes(f lint.Finding) []sarifFix {
	var out []sarifFix
	for _, fix := range f.Fixes {
		r, ok := m.texts.rewrite(f, fix)
		if ok {
			out = append(out, sarifFix{sarifText{fix.Title}, []sarifChange{{sarifArtifact{m.uri(f.File)}, []sarifReplacement{r}}}})
		}
	}
	return out
}
