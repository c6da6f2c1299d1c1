package main

import (
	"bytes"
	"testing"

	"github.com/truename-dns/truename/api"
	v1 "github.com/truename-dns/truename/internal/face/v1"
)

func TestTheDescriptionIsThatOfTheRoutes(t *testing.T) {
	var out bytes.Buffer
	if err := write(&out, v1.Routes()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), api.OpenAPI) {
		t.Error("api/openapi.json is not what the routes and types say; run make generate")
	}
}

func TestEveryOperationIsDescribed(t *testing.T) {
	known := make(map[string]bool)
	for _, tag := range tags {
		known[tag.Name] = true
	}
	ids := make(map[string]bool)
	for _, r := range v1.Routes() {
		if r.ID == "" || ids[r.ID] {
			t.Errorf("%s %s: the operationId %q is empty or there twice", r.Method, r.Path, r.ID)
		}
		ids[r.ID] = true
		if r.Summary == "" || !known[r.Tag] {
			t.Errorf("%s %s: no summary, or a tag without description: %q", r.Method, r.Path, r.Tag)
		}
		for _, m := range wildcard.FindAllStringSubmatch(r.Path, -1) {
			if pathWords[m[1]] == "" && r.Status != 501 {
				t.Errorf("%s %s: nothing is said of %s", r.Method, r.Path, m[1])
			}
		}
	}
}
