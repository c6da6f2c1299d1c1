package api

import _ "embed"

// OpenAPI is the description of the API in the form of OpenAPI 3.1, as JSON. It
// is generated from the types of this package and the routes of the server.
//
//go:embed openapi.json
var OpenAPI []byte
