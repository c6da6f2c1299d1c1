package cli

import (
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// aDiagnosis has a verdict of every status.
func aDiagnosis() api.Diagnosis {
	return api.Diagnosis{Name: "www.a.example.", Status: api.VerdictProblem, Addresses: []string{"192.0.2.1"}, TookMS: 812, Verdicts: []api.Verdict{
		{ID: api.CauseConflict, Status: api.VerdictOK, Title: "no records are in each other's way", Seen: []string{"www.a.example. has CNAME"}},
		{ID: api.CauseApex, Status: api.VerdictSkipped, Title: "the name is not the apex of a zone"},
		{ID: api.CauseTarget, Status: api.VerdictWarning, Title: "the target resolves, but only stale answers are left of it", Seen: []string{"a.example. ALIAS cdn.example."}, Advice: []string{"ask the operator of cdn.example. why its servers are silent"}, Source: "RFC 8767, Section 5"},
		{ID: api.CauseCertificate, Status: api.VerdictProblem, Title: "the certificate does not cover www.a.example",
			Seen: []string{
				"192.0.2.1:443 shows a certificate for a.example, mail.a.example, and the names of some other machines of that customer",
				"issued by R11 of Let's Encrypt, until 2027-01-02",
			},
			Advice: []string{"add www.a.example to the names of the certificate at 192.0.2.1", "or point www.a.example at a server that has one for it"}, Source: "RFC 6125, Section 6.4"},
		{ID: api.CausePropagation, Status: api.VerdictUnknown, Title: "no resolver of the list answered"},
		{ID: api.CauseCAA, Status: api.VerdictOK, Title: "anybody may issue certificates for the name", Seen: []string{"no CAA records up to the root"}, Source: "RFC 8659, Section 3"},
	}}
}

func TestDoctor(t *testing.T) {
	const request = "GET /doctor"
	looks(t, "doctor", request, api.DiagnosisData{Diagnosis: aDiagnosis()}, verb.Failed, "doctor", "www.a.example")
	well := aDiagnosis()
	well.Status, well.Verdicts = api.VerdictOK, well.Verdicts[:2]
	looks(t, "doctor_well", request, api.DiagnosisData{Diagnosis: well}, verb.OK, "doctor", "www.a.example", "--port", "8443")
}

// TestExitCodesOfTheDoctor: a problem goes before what could not be judged, and
// that before warnings, which are none.
func TestExitCodesOfTheDoctor(t *testing.T) {
	for _, c := range []struct {
		name     string
		statuses []string
		want     int
	}{
		{"no verdict", nil, 0},
		{"all well", []string{api.VerdictOK, api.VerdictSkipped}, 0},
		{"a warning", []string{api.VerdictOK, api.VerdictWarning}, 0},
		{"not judged", []string{api.VerdictUnknown, api.VerdictOK}, 5},
		{"not judged, and a warning", []string{api.VerdictUnknown, api.VerdictWarning}, 5},
		{"a problem", []string{api.VerdictProblem, api.VerdictOK}, 1},
		{"a problem, and not judged", []string{api.VerdictUnknown, api.VerdictProblem, api.VerdictUnknown}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d api.Diagnosis
			for _, status := range c.statuses {
				d.Verdicts = append(d.Verdicts, api.Verdict{Status: status})
			}
			newFake(t, map[string]any{"GET /doctor": api.DiagnosisData{Diagnosis: d}})
			for _, args := range [][]string{{"doctor", "a.example"}, {"doctor", "a.example", "--json"}} {
				if code, _, errs := piped("", args...); code != c.want || errs != "" {
					t.Errorf("%v: exit code %d, want %d; %s", args, code, c.want, errs)
				}
			}
		})
	}
}
