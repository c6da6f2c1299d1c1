// Package api is Truename's HTTP API, version 1, as Go types, and a Client for
// it. The types are what the server itself reads and writes, and what its
// OpenAPI description is generated from.
package api

import "time"

// Response is the envelope of every answer that has a body and is no error.
type Response[T any] struct {
	Status string `json:"status" enum:"success"`
	Data   T      `json:"data"`
}

// Failure is the envelope of every error.
type Failure struct {
	Status string `json:"status" enum:"error"`
	Error  *Error `json:"error"`
}

// The values of the status in an envelope.
const (
	Success  = "success"
	Failed   = "error"
	Progress = "progress" // lines of a streamed answer before the last one
)

// Pagination says which part of a list by offset this is.
type Pagination struct {
	Total   int  `json:"total" minimum:"0" doc:"how many there are in all"`
	Offset  int  `json:"offset" minimum:"0"`
	Limit   int  `json:"limit" minimum:"1"`
	Count   int  `json:"count" minimum:"0" doc:"how many are in this part"`
	HasMore bool `json:"has_more"`
}

// OffsetMeta is the part of the list of activity.
type OffsetMeta struct {
	Limit  int `json:"limit"`
	Offset int `json:"offset"`
}

// Message is an answer in words.
type Message struct {
	Message string `json:"message"`
}

// HealthData is the answer of /health.
type HealthData struct {
	Health Health `json:"health"`
}

// Health says that the server answers.
type Health struct {
	Status    string    `json:"status" enum:"ok"`
	Timestamp time.Time `json:"timestamp"`
	Version   string    `json:"version"`
}
