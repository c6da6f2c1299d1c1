package lint

// fileName is judged by who reads files: a zone knows nothing of them.
var fileName = Rule{
	Code:     "file-name",
	Severity: Error,
	Source:   "Truename zone directory: NAME.zone holds the zone NAME",
	Fix:      "rename the file, or correct the owner of the SOA record",
}
