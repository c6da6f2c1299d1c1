package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudflare/cloudflare-go"
)

// old speaks as cloudflare-go v0 does, which DNSControl, Terraform's provider
// up to version 4 and many others are built upon.
func old(ctx context.Context, url, token, email string) error {
	byToken, err := cloudflare.NewWithAPIToken(token, cloudflare.BaseURL(url), cloudflare.UsingRateLimit(10_000))
	if err != nil {
		return err
	}
	byKey, err := cloudflare.New(token, email, cloudflare.BaseURL(url), cloudflare.UsingRateLimit(10_000))
	if err != nil {
		return err
	}
	verified, err := byToken.VerifyAPIToken(ctx)
	if err != nil {
		return err
	}
	user, err := byKey.UserDetails(ctx)
	if err != nil {
		return err
	}
	if err := first(is("status", verified.Status, "active"), is("email", user.Email, email)); err != nil {
		return err
	}
	return first(oldZones(ctx, byToken), oldRecords(ctx, byKey), oldErrors(ctx, byToken))
}

func oldZones(ctx context.Context, api *cloudflare.API) error {
	accounts, _, err := api.Accounts(ctx, cloudflare.AccountsListParams{})
	if err != nil || len(accounts) != 1 {
		return fmt.Errorf("accounts %v %w", accounts, err)
	}
	made, err := api.CreateZone(ctx, "example.org", false, accounts[0], "full")
	if err != nil {
		return err
	}
	id, err := api.ZoneIDByName("example.org")
	if err != nil {
		return err
	}
	zones, err := api.ListZones(ctx)
	if err != nil {
		return err
	}
	paused, err := api.ZoneSetPaused(ctx, id, true)
	if err != nil {
		return err
	}
	gone, err := api.DeleteZone(ctx, id)
	return first(err, is("id", id, made.ID), is("zones", len(zones), 2), is("paused", paused.Paused, true), is("deleted", gone.ID, id))
}

func oldRecords(ctx context.Context, api *cloudflare.API) error {
	id, err := api.ZoneIDByName("example.com")
	if err != nil {
		return err
	}
	zone := cloudflare.ZoneIdentifier(id)
	proxied, priority := false, uint16(10)
	for i := range 150 { // more than a page
		if _, err := api.CreateDNSRecord(ctx, zone, cloudflare.CreateDNSRecordParams{Type: "CNAME", Name: fmt.Sprintf("c%03d", i), Content: "main.example.net", TTL: 300, Proxied: &proxied}); err != nil {
			return err
		}
	}
	mx, err := api.CreateDNSRecord(ctx, zone, cloudflare.CreateDNSRecordParams{Type: "MX", Name: "@", Content: "mail.example.net", TTL: 1, Priority: &priority, Comment: "a comment", Tags: []string{"a:b"}})
	if err != nil {
		return err
	}
	srv, err := api.CreateDNSRecord(ctx, zone, cloudflare.CreateDNSRecordParams{Type: "SRV", Name: "_sip._tcp.example.com", Data: map[string]any{"service": "_sip", "proto": "_tcp", "name": "example.com", "priority": 1, "weight": 2, "port": 3, "target": "sip.example.net"}})
	if err != nil {
		return err
	}
	all, _, err := api.ListDNSRecords(ctx, zone, cloudflare.ListDNSRecordsParams{})
	if err != nil {
		return err
	}
	if err := first(is("records", len(all), 152), is("priority", *mx.Priority, 10), is("ttl", mx.TTL, 1), is("target", fmt.Sprint(srv.Data.(map[string]any)["target"]), "sip.example.net")); err != nil {
		return err
	}
	comment := ""
	changed, err := api.UpdateDNSRecord(ctx, zone, cloudflare.UpdateDNSRecordParams{ID: mx.ID, Type: "MX", Name: "@", Content: "mail2.example.net", Comment: &comment, Priority: &priority, TTL: 600})
	if err != nil {
		return err
	}
	if err := first(is("id", changed.ID, mx.ID), is("content", changed.Content, "mail2.example.net"), is("comment", changed.Comment, ""), is("tags", len(changed.Tags), 1)); err != nil {
		return err
	}
	one, err := api.GetDNSRecord(ctx, zone, srv.ID)
	if err != nil {
		return err
	}
	text, err := api.ExportDNSRecords(ctx, zone, cloudflare.ExportDNSRecordsParams{})
	if err != nil {
		return err
	}
	if err := first(is("name", one.Name, "_sip._tcp.example.com"), is("export", strings.Contains(text, "mail2.example.net."), true)); err != nil {
		return err
	}
	for _, r := range all {
		if err := api.DeleteDNSRecord(ctx, zone, r.ID); err != nil {
			return err
		}
	}
	return nil
}

func oldErrors(ctx context.Context, api *cloudflare.API) error {
	id, err := api.ZoneIDByName("example.com")
	if err != nil {
		return err
	}
	zone := cloudflare.ZoneIdentifier(id)
	var missing *cloudflare.NotFoundError
	if _, err := api.GetDNSRecord(ctx, zone, strings.Repeat("0", 32)); !errors.As(err, &missing) || !missing.InternalErrorCodeIs(81044) {
		return fmt.Errorf("a record that is not there: %v", err)
	}
	var bad *cloudflare.RequestError
	if _, err := api.CreateDNSRecord(ctx, zone, cloudflare.CreateDNSRecordParams{Type: "A", Name: "x", Content: "x"}); !errors.As(err, &bad) || !bad.InternalErrorCodeIs(9005) {
		return fmt.Errorf("a bad address: %v", err)
	}
	if _, err := api.CreateZone(ctx, "example.com", false, cloudflare.Account{}, "full"); !errors.As(err, &bad) || !bad.InternalErrorCodeIs(1061) {
		return fmt.Errorf("a zone that is there: %v", err)
	}
	return nil
}
