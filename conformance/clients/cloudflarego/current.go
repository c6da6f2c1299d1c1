package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cloudflare/cloudflare-go/v6"
	"github.com/cloudflare/cloudflare-go/v6/dns"
	"github.com/cloudflare/cloudflare-go/v6/option"
	"github.com/cloudflare/cloudflare-go/v6/user"
	"github.com/cloudflare/cloudflare-go/v6/zones"
)

// current speaks as cloudflare-go does since version 2: external-dns and
// Terraform's provider since version 5 are built upon it.
func current(ctx context.Context, url, token, email string) error {
	byToken := []option.RequestOption{option.WithBaseURL(url + "/"), option.WithAPIToken(token), option.WithMaxRetries(0)}
	byKey := []option.RequestOption{option.WithBaseURL(url + "/"), option.WithAPIKey(token), option.WithAPIEmail(email), option.WithMaxRetries(0)}
	verified, err := user.NewTokenService(byToken...).Verify(ctx)
	if err != nil {
		return err
	}
	if err := is("status", string(verified.Status), "active"); err != nil {
		return err
	}
	var id string
	pages := zones.NewZoneService(byKey...).ListAutoPaging(ctx, zones.ZoneListParams{Name: cloudflare.F("example.com")})
	for pages.Next() {
		id = pages.Current().ID
	}
	if pages.Err() != nil || id == "" {
		return fmt.Errorf("zones: %q %w", id, pages.Err())
	}
	return first(currentBatch(ctx, dns.NewDNSService(byToken...), id), currentRecords(ctx, dns.NewDNSService(byKey...), id), currentErrors(ctx, dns.NewDNSService(byToken...), id))
}

func currentBatch(ctx context.Context, api *dns.DNSService, id string) error {
	var posts []dns.RecordBatchParamsPostUnion
	for i := range 150 { // more than a page
		posts = append(posts, dns.RecordBatchParamsPost{
			Name: cloudflare.F(fmt.Sprintf("c%03d.example.com", i)), Type: cloudflare.F(dns.RecordBatchParamsPostsTypeCNAME), Content: cloudflare.F("main.example.net"), TTL: cloudflare.F(dns.TTL1),
		})
	}
	made, err := api.Records.Batch(ctx, dns.RecordBatchParams{ZoneID: cloudflare.F(id), Posts: cloudflare.F(posts)})
	if err != nil {
		return err
	}
	var deletes []dns.RecordBatchParamsDelete
	pages := api.Records.ListAutoPaging(ctx, dns.RecordListParams{ZoneID: cloudflare.F(id), Type: cloudflare.F(dns.RecordListParamsTypeCNAME)})
	for pages.Next() {
		deletes = append(deletes, dns.RecordBatchParamsDelete{ID: cloudflare.F(pages.Current().ID)})
	}
	if err := first(pages.Err(), is("posts", len(made.Posts), 150), is("listed", len(deletes), 150)); err != nil {
		return err
	}
	gone, err := api.Records.Batch(ctx, dns.RecordBatchParams{ZoneID: cloudflare.F(id), Deletes: cloudflare.F(deletes)})
	if err != nil {
		return err
	}
	return is("deletes", len(gone.Deletes), 150)
}

func currentRecords(ctx context.Context, api *dns.DNSService, id string) error {
	made, err := api.Records.New(ctx, dns.RecordNewParams{ZoneID: cloudflare.F(id), Body: dns.CAARecordParam{
		Name: cloudflare.F("example.com"), Type: cloudflare.F(dns.CAARecordTypeCAA), TTL: cloudflare.F(dns.TTL(3600)), Comment: cloudflare.F("a comment"),
		Data: cloudflare.F(dns.CAARecordDataParam{Flags: cloudflare.F(0.0), Tag: cloudflare.F("issue"), Value: cloudflare.F("ca.example.net")}),
	}})
	if err != nil {
		return err
	}
	if err := first(is("content", made.Content, `0 issue "ca.example.net"`), is("comment", made.Comment, "a comment"), is("ttl", made.TTL, 3600)); err != nil {
		return err
	}
	edited, err := api.Records.Edit(ctx, made.ID, dns.RecordEditParams{ZoneID: cloudflare.F(id), Body: dns.RecordEditParamsBody{Comment: cloudflare.F("another")}})
	if err != nil {
		return err
	}
	put, err := api.Records.Update(ctx, made.ID, dns.RecordUpdateParams{ZoneID: cloudflare.F(id), Body: dns.CNAMERecordParam{
		Name: cloudflare.F("example.com"), Type: cloudflare.F(dns.CNAMERecordTypeCNAME), TTL: cloudflare.F(dns.TTL1), Content: cloudflare.F("host.example.net"),
	}})
	if err != nil {
		return err
	}
	if err := first(is("comment", edited.Comment, "another"), is("data", edited.Content, made.Content), is("type", put.Type, dns.RecordResponseTypeCNAME), is("content", put.Content, "host.example.net"), is("id", put.ID, made.ID)); err != nil {
		return err
	}
	found, err := api.Records.List(ctx, dns.RecordListParams{ZoneID: cloudflare.F(id),
		Name: cloudflare.F(dns.RecordListParamsName{Exact: cloudflare.F("example.com")}), Content: cloudflare.F(dns.RecordListParamsContent{Startswith: cloudflare.F("host.")})})
	if err != nil {
		return err
	}
	if err := is("found", len(found.Result), 1); err != nil {
		return err
	}
	gone, err := api.Records.Delete(ctx, put.ID, dns.RecordDeleteParams{ZoneID: cloudflare.F(id)})
	if err != nil {
		return err
	}
	settings, err := api.Settings.Zone.Get(ctx, dns.SettingZoneGetParams{ZoneID: cloudflare.F(id)})
	if err != nil {
		return err
	}
	signing, err := api.DNSSEC.Get(ctx, dns.DNSSECGetParams{ZoneID: cloudflare.F(id)})
	if err != nil {
		return err
	}
	return first(is("deleted", gone.ID, put.ID), is("mname", settings.SOA.MNAME, "ns1.host.test"), is("dnssec", string(signing.Status), "disabled"))
}

func currentErrors(ctx context.Context, api *dns.DNSService, id string) error {
	_, err := api.Records.Get(ctx, strings.Repeat("0", 32), dns.RecordGetParams{ZoneID: cloudflare.F(id)})
	if err == nil || !strings.Contains(err.Error(), "404") || !strings.Contains(err.Error(), "81044") {
		return fmt.Errorf("a record that is not there: %v", err)
	}
	return nil
}
