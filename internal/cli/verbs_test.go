package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term/termtest"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// doneAnswers is what the fake knows for TestVerbs.
func doneAnswers() map[string]any {
	done := api.ChangeData{Change: moved(), Warnings: []api.Finding{{Severity: "warning", Code: "w", Message: "mind this"}}}
	dry := api.ChangeData{Change: moved(), DryRun: true}
	broken := aPlan()
	broken.Findings[0].Severity = "error"
	none := api.Plan{ID: "p3"}
	refused := &api.Error{Status: 409, Code: api.CodeConflict, Message: "two kinds of data", Findings: []api.Finding{
		{Severity: "error", Code: "cname-and-other-data", Message: "www.a.example. has a CNAME record and other data", Conflicts: []string{"A 192.0.2.1"}, Fix: "keep the CNAME alone"},
	}}
	invited := api.InviteData{Member: api.Member{ID: "m2", Email: "mia@example.org", Role: "viewer"}, Invite: api.Invite{Code: "ABCD", URL: "https://dns.example.com/join#ABCD", ExpiresAt: someTime}}
	a := map[string]any{
		"GET /zones/a.example": api.ZoneData{Zone: api.Zone{Name: "a.example", Serial: 6}},
		"GET /zones/b.example": api.ZoneData{Zone: api.Zone{Name: "b.example"}},
		"GET /zones/example":   &api.Error{Status: 400, Code: api.CodeInvalidZoneID, Message: "no"},
		"GET /zones/locked":    &api.Error{Status: 403, Code: api.CodeForbidden, Message: "the token may not see this"},
		"GET /zones/deleted":   api.DeletedZonesData{Zones: []api.DeletedZone{{ID: "id-d", Name: "gone.example"}}},
		"POST /changes":        done, "dry POST /changes": dry,
		"POST /changes/42/undo": done, "dry POST /changes/42/undo": dry,
		"POST /changes/43/undo":         &api.Error{Status: 409, Code: api.CodeConflict, Message: "changed since"},
		"POST /changes/44/undo":         api.ChangeData{},
		"POST /zones/a.example/restore": done, "POST /zones/id-d/restore": done, "POST /zones/gone.example/restore": done,
		"POST /zones/b.example/restore": refused,
		"POST /plans/p1/apply":          done,
		"GET /plans/p1":                 api.PlanData{Plan: aPlan()},
		"GET /plans/p2":                 api.PlanData{Plan: broken},
		"GET /plans/p3":                 api.PlanData{Plan: none},
		"POST /plans/p4/apply":          &api.Error{Status: 412, Code: api.CodeMoved, Message: "zone a.example has moved"},
		"POST /plans":                   api.PlanData{Plan: aPlan()},
		"GET /whoami":                   api.WhoAmI{Account: "acc"},
		"GET /users":                    api.UsersData{Users: []api.User{{ID: "acc2", Email: "ops@example.net"}}},
		"POST /users":                   api.UserData{User: api.User{ID: "acc3"}},
		"DELETE /users/acc2":            nil,
		"GET /users/acc/apikeys":        api.APIKeysData{APIKeys: []api.APIKey{{ID: "k1", Name: "ci"}, {ID: "k2", Name: "twice"}, {ID: "k3", Name: "twice"}}},
		"POST /users/acc/apikeys":       api.APIKeyData{APIKey: api.APIKey{ID: "k4", Name: "new", Key: "truename_new"}},
		"POST /users/acc2/apikeys":      api.APIKeyData{APIKey: api.APIKey{ID: "k5", Name: "new", Key: "truename_new2"}},
		"POST /users/acc4/apikeys": api.APIKeyData{APIKey: api.APIKey{
			ID: "k6", Name: "new", Key: "truename_new4", TokenLimits: api.TokenLimits{Owners: []string{"*.dyn.a.example.", "www"}},
		}},
		"GET /members":                 api.MembersData{Members: []api.Member{{ID: "m1", Email: "jo@example.org", Role: "owner"}, {ID: "m2", Email: "mia@example.org", Role: "viewer"}}},
		"POST /members":                invited,
		"POST /members/m2/code":        invited,
		"PATCH /members/m2":            api.MemberData{Member: api.Member{ID: "m2", Email: "mia@example.org", Role: "editor"}},
		"PATCH /members/m1":            &api.Error{Status: 409, Code: api.CodeConflict, Message: "Jo is the last owner of the account; make somebody else an owner first"},
		"DELETE /members/m2":           nil,
		"DELETE /users/acc/apikeys/k1": nil,
		"DELETE /users/acc/apikeys/k3": nil,
	}
	p4 := aPlan()
	p4.ID = "p4"
	a["GET /plans/p4"] = api.PlanData{Plan: p4}
	return a
}

// TestVerbs: what each verb asks for, what it prints in a pipe, how it exits.
func TestVerbs(t *testing.T) {
	const change = `POST /changes {"zones":[{"zone":`
	for _, c := range []struct {
		name string
		args []string
		code int
		asks string // of the last request
		out  string
		errs string
	}{
		{"zone add", []string{"zone", "add", "new.example", "--reason", "order"}, 0, `POST /changes {"reason":"order","zones":[{"zone":"new.example","create":{}}]}`, "change 42; to take it back: truename undo 42\n", "warning: mind this [w]"},
		{"zone add with properties", []string{"zone", "add", "n", "--type", "primary", "--region", "GLOBAL", "--status", "paused", "--bare", "--account", "x"}, 0, change + `"n","create":{"type":"primary","region":"GLOBAL","status":"paused","account":"x","bare":true}}]}`, "change 42", ""},
		{"zone add, dry", []string{"zone", "add", "n", "--dry-run"}, 0, `POST /changes {"dry_run":true,"zones":[{"zone":"n","create":{}}]}`, "+ www.a.example. 300 CNAME new.example.net.", "a dry run: nothing was written"},
		{"zone rm", []string{"zone", "rm", "a.example", "--yes"}, 0, change + `"a.example","delete":true}]}`, "change 42", ""},
		{"zone rm with nobody to ask", []string{"zone", "rm", "a.example"}, 2, "", "", "say --yes"},
		{"zone restore of a deleted one", []string{"zone", "restore", "gone.example", "-y"}, 0, `POST /zones/gone.example/restore {}`, "change 42", ""},
		{"zone diff without a serial", []string{"zone", "diff", "a.example"}, 2, "", "", "say by --from"},
		{"zone diff with a bad one", []string{"zone", "diff", "a.example", "--from", "-1"}, 2, "", "", "is not a serial"},
		{"zone diff with too much", []string{"zone", "diff", "a.example", "f", "--from", "1"}, 2, "", "", "not with both"},

		{"record add", []string{"record", "add", "www.a.example", "cname", "main.example.net"}, 0, change + `"a.example","edits":[{"op":"add","name":"www.a.example.","type":"CNAME","records":[{"content":"main.example.net"}]}]}]}`, "change 42", ""},
		{"record add deep in a zone", []string{"record", "add", "x.y.z.A.example.", "A", "192.0.2.1", "--ttl", "60", "--comment", "c", "--disabled"}, 0, change + `"a.example","edits":[{"op":"add","name":"x.y.z.A.example.","type":"A","ttl":60,"records":[{"content":"192.0.2.1","disabled":true}],"comment":"c"}]}]}`, "change 42", ""},
		{"record set, relative", []string{"record", "set", "@", "MX", "10 mx1", "20 mx2", "--zone", "a.example"}, 0, change + `"a.example","edits":[{"op":"put","name":"@","type":"MX","records":[{"content":"10 mx1"},{"content":"20 mx2"}]}]}]}`, "- www.a.example. 300 CNAME old.example.net.\n+ www", ""},
		{"record set without comment clears it", []string{"record", "set", "a.example", "A", "192.0.2.1", "--comment="}, 0, change + `"a.example","edits":[{"op":"put","name":"a.example.","type":"A","records":[{"content":"192.0.2.1"}],"comment":""}]}]}`, "change", ""},
		{"record rm of all", []string{"record", "rm", "www.a.example", "CNAME"}, 0, change + `"a.example","edits":[{"op":"remove","name":"www.a.example.","type":"CNAME"}]}]}`, "change 42", ""},
		{"record rm that would not have asked", []string{"record", "rm", "www.a.example", "CNAME", "--yes"}, 0, change + `"a.example","edits":[{"op":"remove","name":"www.a.example.","type":"CNAME"}]}]}`, "change 42", ""},
		{"record rm of one", []string{"record", "rm", "a.example", "TXT", "v=spf1 -all"}, 0, change + `"a.example","edits":[{"op":"remove","name":"a.example.","type":"TXT","records":[{"content":"v=spf1 -all"}]}]}]}`, "change 42", ""},
		{"record rm of all types", []string{"record", "rm", "www.a.example", "--all-types", "-y", "--reason", "r"}, 0, `POST /plans/p1/apply {"reason":"r"}`, "12 records follow or refer to it", ""},
		{"record rm of all types, relative and dry", []string{"record", "rm", "www", "--zone", "a.example", "--all-types", "--dry-run"}, 0, `POST /plans {"kind":"delete","name":"www.a.example"}`, "longest chain", "nothing was written"},
		{"record rm of all types at the apex", []string{"record", "rm", "@", "--zone", "a.example.", "--all-types", "--dry-run"}, 0, `POST /plans {"kind":"delete","name":"a.example"}`, "longest chain", ""},
		{"record rm of all types with nobody to ask", []string{"record", "rm", "www.a.example", "--all-types"}, 2, "GET /zones/a.example", "", "say --yes"},
		{"record rm of all types and of one", []string{"record", "rm", "www.a.example", "A", "--all-types"}, 2, "", "", `does not know what "A" is for`},
		{"record rm without a type", []string{"record", "rm", "www.a.example"}, 2, "", "", "as in: truename record rm www.a.example CNAME; or --all-types to remove all that www.a.example has"},
		{"record add with the zone in front", []string{"record", "add", "example.net", "main", "a", "192.0.2.1"}, 2, "", "", "NAME comes first: truename record add main.example.net a 192.0.2.1\n"},
		{"record set with the zone in front of the whole name", []string{"record", "set", "Example.net.", "x.example.NET", "TXT", "v=spf1 -all", "it's"}, 2, "", "", `NAME comes first: truename record set x.example.NET TXT 'v=spf1 -all' 'it'\''s'`},
		{"record add with the zone in front of @", []string{"record", "add", "example.net.", "@", "MX", "10 mx"}, 2, "", "", "NAME comes first: truename record add example.net MX '10 mx'\n"},
		{"record rm with the zone in front", []string{"record", "rm", "example.net", "www", "CNAME"}, 2, "", "", "NAME comes first: truename record rm www.example.net CNAME\n"},
		{"record in no zone", []string{"record", "add", "www.c.example", "A", "192.0.2.1"}, 1, "GET /zones/example", "", "no zone here holds www.c.example"},
		{"record of @ without zone", []string{"record", "add", "@", "A", "192.0.2.1"}, 2, "", "", "say by --zone"},
		{"record in a zone that is not seen", []string{"record", "add", "locked", "A", "192.0.2.1"}, 1, "GET /zones/locked", "", "the token may not see this [FORBIDDEN]"},

		{"undo", []string{"undo", "42", "--yes", "--reason", "oops"}, 0, `POST /changes/42/undo {"reason":"oops"}`, "change 42", ""},
		{"undo with nobody to ask", []string{"undo", "42"}, 2, "", "", "say --yes"},
		{"undo, dry", []string{"undo", "42", "--dry-run"}, 0, `POST /changes/42/undo {"dry_run":true}`, "- www", "dry run"},
		{"undo of what has changed since", []string{"undo", "43", "--yes"}, 3, `POST /changes/43/undo {}`, "", "changed since [CONFLICT]"},
		{"undo of what is undone already", []string{"undo", "44", "--yes"}, 0, `POST /changes/44/undo {}`, "", "nothing to change"},
		{"restore of a zone", []string{"restore", "a.example", "--to", "5", "-y"}, 0, `POST /zones/a.example/restore {"serial":5}`, "change 42", ""},
		{"restore of a deleted zone", []string{"restore", "gone.example.", "-y"}, 0, `POST /zones/id-d/restore {}`, "change 42", ""},
		{"restore of a name", []string{"restore", "www.a.example", "--to", "r7", "-y"}, 0, `POST /zones/a.example/restore {"revision":7,"name":"www.a.example."}`, "change 42", ""},
		{"restore of a name in a zone", []string{"restore", "@", "--zone", "a.example", "--to", "2026-11-21T09:30:00Z", "-y"}, 0, `POST /zones/a.example/restore {"time":"2026-11-21T09:30:00Z","name":"@"}`, "change 42", ""},
		{"restore of a name without a time", []string{"restore", "www.a.example", "-y"}, 2, "GET /zones/a.example", "", "say by --to"},
		{"restore to no time", []string{"restore", "a.example", "--to", "yesterday", "-y"}, 2, "", "", `"yesterday" is no time`},
		{"restore that breaks a rule", []string{"restore", "b.example", "-y"}, 3, `POST /zones/b.example/restore {}`, "", "other data [cname-and-other-data]\n    A 192.0.2.1\n  fix: keep the CNAME alone"},

		{"retarget", []string{"retarget", "old.example.net", "new.example.net", "--yes", "--type", "CNAME", "--zone", "a.example", "--ttl", "60", "--reason", "r"}, 0, `POST /plans/p1/apply {"reason":"r"}`, "12 records follow or refer to it", ""},
		{"retarget with nobody to ask", []string{"retarget", "a", "b"}, 2, "", "", "say --yes"},
		{"retarget, dry", []string{"retarget", "a", "b", "--dry-run"}, 0, `POST /plans {"kind":"retarget","from":"a","to":"b"}`, "longest chain", "truename plan apply p1"},
		{"plan retarget", []string{"plan", "retarget", "a", "b", "--ttl", "5"}, 0, `POST /plans {"kind":"retarget","from":"a","to":"b","ttl":5}`, "1 record in 1 zone", ""},
		{"plan delete", []string{"plan", "delete", "a", "--reason", "r"}, 0, `POST /plans {"kind":"delete","name":"a","reason":"r"}`, "1 record", ""},
		{"plan ttl", []string{"plan", "ttl", "a", "60"}, 0, `POST /plans {"kind":"ttl","name":"a","ttl":60}`, "1 record", ""},
		{"plan ttl of no TTL", []string{"plan", "ttl", "a", "2147483648"}, 2, "", "", "is not a TTL"},
		{"plan apply", []string{"plan", "apply", "p1", "-y"}, 0, `POST /plans/p1/apply {}`, "change 42", ""},
		{"plan apply of one that breaks rules", []string{"plan", "apply", "p2", "-y"}, 3, `GET /plans/p2`, "error: the chain", "cannot be applied"},
		{"plan show of one that breaks rules", []string{"plan", "show", "p2"}, 3, `GET /plans/p2`, "error: the chain", "cannot be applied"},
		{"plan apply of one that does nothing", []string{"plan", "apply", "p3", "-y"}, 0, `GET /plans/p3`, "0 records in 0 zones", ""},
		{"plan apply of one that moved", []string{"plan", "apply", "p4", "-y"}, 3, `POST /plans/p4/apply {}`, "12 records follow or refer to it", "has moved [PRECONDITION_FAILED]"},

		{"token add", []string{"token", "add", "new"}, 0, `POST /users/acc/apikeys {"name":"new","scopes":"[\"zones:read\",\"records:read\"]"}`, "truename_new\n", "it is not shown again"},
		{"token add with limits", []string{"token", "add", "new", "--account", "OPS@example.net", "--scope", "records:*", "--zone", "z", "--owner", "o", "--type", "TXT", "--target", "t", "--network", "192.0.2.0/24", "--expires", "2030-01-02T00:00:00Z"}, 0,
			`POST /users/acc2/apikeys {"name":"new","scopes":"[\"records:*\"]","expires_at":"2030-01-02T00:00:00Z","zones":["z"],"owners":["o"],"types":["TXT"],"targets":["t"],"networks":["192.0.2.0/24"]}`, "truename_new2\n", ""},
		{"token add of a whole name without its dot", []string{"token", "add", "new", "--account", "acc4", "--owner", "*.Dyn.a.example", "--owner", "www"}, 0,
			`POST /users/acc4/apikeys {"name":"new","scopes":"[\"zones:read\",\"records:read\"]","owners":["*.Dyn.a.example","www"]}`, "truename_new4\n", "the owner *.Dyn.a.example ends in the name of a zone, so it was taken as a whole name: *.Dyn.a.example.\n"},
		{"token add that ends nowhere", []string{"token", "add", "new", "--expires", "never"}, 2, "", "", "--expires"},
		{"token rm by id", []string{"token", "rm", "k3"}, 0, `DELETE /users/acc/apikeys/k3`, "", "is ended"},
		{"token rm by name", []string{"token", "rm", "ci"}, 0, `DELETE /users/acc/apikeys/k1`, "", "is ended"},
		{"token rm of an ambiguous name", []string{"token", "rm", "twice"}, 1, `GET /users/acc/apikeys`, "", "say by id"},
		{"token rm of none", []string{"token", "rm", "none"}, 1, `GET /users/acc/apikeys`, "", "there is no token"},
		{"account add", []string{"account", "add", "a@example.net", "--admin"}, 0, `POST /users {"email":"a@example.net","full_name":"a@example.net","role":"admin"}`, "acc3\n", ""},
		{"account rm", []string{"account", "rm", "ops@example.net", "-y"}, 0, `DELETE /users/acc2`, "", "is removed"},
		{"account rm, JSON", []string{"account", "rm", "acc2", "-y", "--json"}, 0, `DELETE /users/acc2`, `"email":"ops@example.net"`, ""},
		{"token rm, JSON", []string{"token", "rm", "ci", "--json"}, 0, `DELETE /users/acc/apikeys/k1`, `"name":"ci"`, ""},
		{"undo, JSON", []string{"undo", "42", "-y", "--json"}, 0, `POST /changes/42/undo {}`, `"revision": 42`, ""},
		{"account rm with nobody to ask", []string{"account", "rm", "ops@example.net"}, 2, `GET /users`, "", "say --yes"},
		{"member invite", []string{"member", "invite", "mia@example.org"}, 0, `POST /members {"email":"mia@example.org","role":"viewer","valid_days":3}`, "https://dns.example.com/join#ABCD\n", "joins as viewer by this URL, until 2026-11-21T09:30:00Z; it is not shown again"},
		{"member invite with all", []string{"member", "invite", "mia@example.org", "--role", "owner", "--name", "Mia", "--valid-days", "7", "--account", "OPS@example.net"}, 0,
			`POST /members {"email":"mia@example.org","name":"Mia","role":"owner","valid_days":7,"account":"acc2"}`, "https://", ""},
		{"member invite, JSON", []string{"member", "invite", "mia@example.org", "--json"}, 0, `POST /members {"email":"mia@example.org","role":"viewer","valid_days":3}`, `"code": "ABCD"`, ""},
		{"member invite of nobody", []string{"member", "invite"}, 2, "", "", "needs EMAIL"},
		{"member code", []string{"member", "code", "MIA@example.org", "--valid-days", "1"}, 0, `POST /members/m2/code {"valid_days":1}`, "https://dns.example.com/join#ABCD\n", "not shown again"},
		{"member role", []string{"member", "role", "mia@example.org", "editor"}, 0, `PATCH /members/m2 {"role":"editor"}`, "", "mia@example.org has the role editor from now on"},
		{"member role, JSON", []string{"member", "role", "m2", "editor", "--json"}, 0, `PATCH /members/m2 {"role":"editor"}`, `"role": "editor"`, ""},
		{"member role of the last owner", []string{"member", "role", "m1", "viewer"}, 3, `PATCH /members/m1 {"role":"viewer"}`, "", "the last owner"},
		{"member role without one", []string{"member", "role", "m1"}, 2, "", "", "needs MEMBER ROLE"},
		{"member role of none", []string{"member", "role", "al@example.org", "viewer"}, 1, `GET /members`, "", "truename member list shows"},
		{"member remove", []string{"member", "remove", "mia@example.org", "-y"}, 0, `DELETE /members/m2`, "", "is no member any more"},
		{"member rm, JSON", []string{"member", "rm", "m2", "-y", "--json"}, 0, `DELETE /members/m2`, `"email":"mia@example.org"`, ""},
		{"member remove with nobody to ask", []string{"member", "remove", "m2"}, 2, `GET /members`, "", "say --yes"},
		{"member remove of none in an account", []string{"member", "remove", "al@example.org", "-y", "--account", "acc4"}, 1, `GET /members?account=acc4`, "", "there is no member"},
		{"account rm of none", []string{"account", "rm", "x", "-y"}, 1, `GET /users`, "", "there is no account"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, doneAnswers())
			code, out, errs := piped("", c.args...)
			requests := strings.Split(f.requests(), "\n")
			if code != c.code || requests[len(requests)-1] != c.asks {
				t.Errorf("exit code %d, want %d; asked\n%s\nwant\n%s", code, c.code, f.requests(), c.asks)
			}
			if !strings.Contains(out, c.out) || c.out == "" && out != "" || !strings.Contains(errs, c.errs) {
				t.Errorf("stdout %q, want %q\nstderr %q, want %q", out, c.out, errs, c.errs)
			}
		})
	}
}

func TestImports(t *testing.T) {
	const line = `{"status":"progress","data":{"octets":1,"records":1}}` + "\n"
	const good = line + `{"status":"success","data":{"change":{"id":"c","revision":7,"zones":[{"kind":"create","name":"new.example","sets":[{"name":"new.example.","type":"A","after":{"ttl":1,"records":[{"content":"192.0.2.1"},{"content":"192.0.2.2"}]}}]}]},"records":2}}` + "\n"
	const bad = line + `{"status":"error","error":{"code":"ZONE_FILE","message":"the zone file has errors","findings":[{"severity":"error","code":"bad-field","message":"no address","line":3,"column":9,"file":"new.example.zone"}]}}` + "\n"
	answers := func(text string) map[string]any {
		return map[string]any{
			"GET /zones/a.example": api.ZoneData{Zone: api.Zone{Name: "a.example"}},
			"POST /import":         text, "POST /zones/a.example/import": text,
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"new.example.zone", "a.example.zone", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("; "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		name   string
		args   []string
		answer string
		code   int
		asks   string
		out    string
		errs   string
	}{
		{"of a new zone", []string{at("new.example.zone")}, good, 0, "GET /zones/new.example\nPOST /import?zone=new.example ; new.example.zone", "new.example: 2 records read, change 7\n", ""},
		{"from standard input", []string{"-", "--zone", "new.example", "--reason", "r"}, good, 0, "GET /zones/new.example\nPOST /import?reason=r&zone=new.example typed", "new.example: 2 records", ""},
		{"in place of a zone", []string{at("a.example.zone"), "--replace", "--dry-run"}, good, 0, "GET /zones/a.example\nPOST /zones/a.example/import?dry_run=true&mode=replace&sets=true ; a.example.zone", "a.example: 2", ""},
		{"into a zone", []string{at("a.example.zone"), "--merge"}, good, 0, "GET /zones/a.example\nPOST /zones/a.example/import?mode=merge ; a.example.zone", "a.example: 2", ""},
		{"of a directory", []string{dir, "--merge"}, good, 0, "GET /zones/a.example\nPOST /zones/a.example/import?mode=merge ; a.example.zone\nGET /zones/new.example\nPOST /import?zone=new.example ; new.example.zone", "new.example: 2", ""},
		{"of a zone that is there", []string{at("a.example.zone")}, good, 2, "GET /zones/a.example", "", "say --replace"},
		{"in two ways at once", []string{dir, "--merge", "--replace"}, good, 2, "", "", "not both"},
		{"of many files as one zone", []string{dir, "--zone", "x"}, good, 2, "", "", "one file only"},
		{"of nameless text", []string{"-"}, good, 2, "", "", "say by --zone"},
		{"of a file that is not there", []string{at("none.zone")}, good, 1, "GET /zones/none", "", "no such file"},
		{"of a file with errors", []string{at("new.example.zone")}, bad, 1, "GET /zones/new.example\nPOST /import?zone=new.example ; new.example.zone", "", "new.example.zone: the zone file has errors [ZONE_FILE]\nnew.example.zone:3:9: error: no address [bad-field]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, answers(c.answer))
			code, out, errs := piped("typed", append([]string{"zone", "import"}, c.args...)...)
			if code != c.code || f.requests() != c.asks {
				t.Errorf("exit code %d, want %d; asked\n%s\nwant\n%s", code, c.code, f.requests(), c.asks)
			}
			if !strings.Contains(out, c.out) || c.out == "" && out != "" || !strings.Contains(errs, c.errs) {
				t.Errorf("stdout %q, want %q\nstderr %q, want %q", out, c.out, errs, c.errs)
			}
		})
	}
}

// TestImportsOfManyFiles: one that fails does not stop the others, and the last
// line says how many did.
func TestImportsOfManyFiles(t *testing.T) {
	const good = `{"status":"success","data":{"change":{"revision":7,"zones":[]},"records":2}}` + "\n"
	rule := &api.Error{Status: 409, Code: api.CodeConflict, Message: "a rule says no"}
	missing := &api.Error{Status: 404, Code: api.CodeNotFound, Message: "none"}
	for _, c := range []struct {
		name    string
		answers []any // to the imports of a, b and c
		args    string
		code    int
		asked   int // imports
		errs    []string
	}{
		{"all are good", []any{good, good, good}, "", 0, 3, []string{"3 of 3 files imported"}},
		{"all are good, dry", []any{good, good, good}, "--dry-run", 0, 3, []string{"3 of 3 files can be imported"}},
		{"one breaks a rule", []any{good, rule, good}, "", verb.Refused, 3, []string{"b.example.zone: a rule says no [CONFLICT]", "2 of 3 files imported", "truename: 1 of 3 files failed"}},
		{"all break rules", []any{rule, rule, rule}, "", verb.Refused, 3, []string{"a.example.zone: a rule", "c.example.zone: a rule", "0 of 3 files imported", "3 of 3 files failed"}},
		{"one breaks a rule, one is gone", []any{rule, missing, good}, "", verb.Failed, 3, []string{"b.example.zone: none [NOT_FOUND]", "1 of 3 files imported", "2 of 3 files failed"}},
		{"the token is good no more", []any{good, &api.Error{Status: 401, Code: api.CodeUnauthorized, Message: "ended"}, good}, "", verb.Failed, 2, []string{"1 of 3 files imported", "b.example.zone: ended [UNAUTHORIZED]", "truename login"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, answers := t.TempDir(), make(map[string]any)
			for i, zone := range []string{"a.example", "b.example", "c.example"} {
				answers["GET /zones/"+zone] = api.ZoneData{Zone: api.Zone{Name: zone}}
				answers["POST /zones/"+zone+"/import"] = c.answers[i]
				if err := os.WriteFile(filepath.Join(dir, zone+".zone"), []byte("text"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			f := newFake(t, answers)
			code, _, errs := piped("", append([]string{"zone", "import", "--replace", dir}, strings.Fields(c.args)...)...)
			if asked := strings.Count(f.requests(), "POST "); code != c.code || asked != c.asked {
				t.Errorf("exit code %d, want %d; %d imports, want %d:\n%s", code, c.code, asked, c.asked, errs)
			}
			for _, want := range c.errs {
				if !strings.Contains(errs, want) {
					t.Errorf("no %q in\n%s", want, errs)
				}
			}
		})
	}
}

func TestImportsEndWithTheServer(t *testing.T) {
	atHome(t)
	t.Setenv("TRUENAME_SERVER", "http://127.0.0.1:1")
	dir := t.TempDir()
	for _, name := range []string{"a.zone", "b.zone"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, _, errs := piped("", "zone", "import", dir)
	if code != verb.Failed || strings.Count(errs, "no server answers") != 1 || !strings.Contains(errs, "0 of 2 files imported") {
		t.Errorf("%d: %s", code, errs)
	}
}

func TestDiffWithAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		data      api.ImportData
		out, errs string
	}{
		{"that differs", api.ImportData{ChangeData: api.ChangeData{Change: moved(), DryRun: true}}, "- www.a.example. 300 CNAME old.example.net.\n+ www", ""},
		{"that does not", api.ImportData{}, "", "no difference"},
		{"when a server keeps it to itself", api.ImportData{ChangeData: api.ChangeData{Change: &api.Change{Zones: []api.ZoneDiff{{Kind: "update"}}}}}, "", "does not say in what"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, map[string]any{"POST /zones/a.example/import": c.data})
			code, out, errs := piped("", "zone", "diff", "a.example", path)
			if code != 0 != strings.HasPrefix(errs, "truename: ") || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) || f.requests() != "POST /zones/a.example/import?dry_run=true&mode=replace&sets=true text" {
				t.Errorf("%d, %q, %q; asked %s", code, out, errs, f.requests())
			}
		})
	}
}

func TestExportToAFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.zone")
	newFake(t, map[string]any{"GET /zones/a.example/export": "first\n", "GET /zones/b.example/export": &api.Error{Status: 404, Code: api.CodeZoneNotFound, Message: "no zone"}})
	for _, c := range []struct {
		zone string
		code int
	}{{"a.example", 0}, {"b.example", 1}} {
		if code, out, errs := piped("", "zone", "export", c.zone, "-o", path); code != c.code || out != "" {
			t.Errorf("%s: %d, %q, %q", c.zone, code, out, errs)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != "first\n" {
			t.Errorf("%s: the file has %q, %v", c.zone, text, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("the directory has %v, %v", left, err)
	}
}

func TestImportShowsHowFarItIs(t *testing.T) {
	const line = "a-rather-long-name-for-a-host 300 A 192.0.2.1\n"
	path := filepath.Join(t.TempDir(), "large.example.zone")
	if err := os.WriteFile(path, []byte(strings.Repeat(line, 5<<20/len(line))), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		shown bool
	}{{"a large file", true}, {"a small one", false}} {
		t.Run(c.name, func(t *testing.T) {
			newFake(t, map[string]any{"POST /import": `{"status":"progress","data":{"stage":"check","octets":3000000,"records":9}}` + "\n" +
				`{"status":"success","data":{"change":{"revision":7,"zones":[]},"records":9}}` + "\n"})
			if !c.shown {
				path = filepath.Join(t.TempDir(), "large.example.zone")
				if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			x := termtest.New(t)
			var out strings.Builder
			if code := run([]string{"zone", "import", path}, strings.NewReader(""), &out, x.TTY); code != 0 || out.String() != "large.example: 9 records read, change 7\n" {
				t.Errorf("exit code %d, %q", code, out.String())
			}
			if shown := x.End(); strings.Contains(shown, "MiB") != c.shown {
				t.Errorf("shown %q", shown)
			}
		})
	}
}
