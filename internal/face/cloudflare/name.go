package cloudflare

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// parseOwner reads the name of a record as clients write it: complete, with or
// without a final dot, or relative to the apex, or "@".
func parseOwner(text string, apex dname.Name) (dname.Name, error) {
	name, err := content.ParseHost(text, apex)
	if err == nil && (name.IsAtOrBelow(apex) || strings.HasSuffix(text, ".")) {
		return name.Lower(), nil
	}
	ascii, err := dname.FromUnicode(text)
	if err != nil {
		return nil, badName(text, err)
	}
	name, err = dname.Parse(ascii, apex)
	if err != nil || text == "" {
		return nil, badName(text, err)
	}
	return name.Lower(), nil
}

func badName(text string, err error) *envelope.Fault {
	why := "It is empty."
	if text != "" && err != nil {
		why = content.Sentence(err.Error())
	}
	return envelope.Wrong(envelope.CodeName, "DNS name is invalid: "+envelope.Shorten(text, 300)+". "+why+" Send a complete name, as www.example.com, or @ for the zone itself.")
}

// zoneName is the name of a zone, with U-labels: so the original shows them,
// and so ddclient and octoDNS compare them.
func zoneName(apex dname.Name) string { return content.Undot(dname.ToUnicode(apex)) }
