package v1

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestThePageLoadsNothing(t *testing.T) {
	d := newDesk(t)
	a := d.send("GET", "/docs", "", "Authorization")
	policy, page := a.header.Get("Content-Security-Policy"), string(a.raw)
	for _, tag := range []string{"script", "style"} {
		parts := regexp.MustCompile(`(?s)<`+tag+`[^>]*>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		if len(parts) != 1 {
			t.Fatalf("there are %d %s", len(parts), tag)
		}
		sum := sha256.Sum256([]byte(parts[0][1]))
		if want := tag + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("the policy does not let the %s run: %s", tag, policy)
		}
	}
	for _, word := range []string{"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, word) {
			t.Errorf("the policy has no %s", word)
		}
	}
	for _, word := range []string{"unsafe-inline", "unsafe-eval", "https:", "*"} {
		if strings.Contains(policy, word) {
			t.Errorf("the policy has %s", word)
		}
	}
	for _, word := range []string{"://", "@import", "url(", " style=", " onclick=", "innerHTML", "eval("} {
		if strings.Contains(page, word) {
			t.Errorf("the page has %s", word)
		}
	}
}

// colours is the variables of the page, light and dark.
func colours(t *testing.T) [2]map[string]string {
	t.Helper()
	var out [2]map[string]string
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(docsPage), -1)
	if len(blocks) != 2 {
		t.Fatalf("there are %d lists of colours", len(blocks))
	}
	for i, b := range blocks {
		out[i] = make(map[string]string)
		for _, m := range regexp.MustCompile(`--(\w+): #([0-9a-f]{6})`).FindAllStringSubmatch(b[1], -1) {
			out[i][m[1]] = m[2]
		}
	}
	return out
}

// luminance is the relative luminance of a colour (WCAG 2.2).
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// TestThePageCanBeRead checks the contrast of text, at least 4.5 to 1 (WCAG 2.2,
// Success Criterion 1.4.3), and of what is around controls, at least 3 to 1 (1.4.11).
func TestThePageCanBeRead(t *testing.T) {
	pairs := []struct {
		text, on string
		least    float64
	}{
		{"text", "ground", 4.5},
		{"text", "panel", 4.5},
		{"soft", "ground", 4.5},
		{"soft", "panel", 4.5},
		{"link", "ground", 4.5},
		{"link", "panel", 4.5},
		{"need", "ground", 4.5},
		{"badge", "get", 4.5},
		{"badge", "post", 4.5},
		{"badge", "put", 4.5},
		{"badge", "patch", 4.5},
		{"badge", "delete", 4.5},
		{"get", "panel", 4.5},
		{"post", "panel", 4.5},
		{"put", "panel", 4.5},
		{"patch", "panel", 4.5},
		{"delete", "panel", 4.5},
		{"ring", "ground", 3},
		{"soft", "ground", 3},
	}
	for i, list := range colours(t) {
		for _, p := range pairs {
			t.Run(fmt.Sprint([]string{"light", "dark"}[i], " ", p.text, " on ", p.on), func(t *testing.T) {
				if list[p.text] == "" || list[p.on] == "" {
					t.Fatal("there is no such colour")
				}
				a, b := luminance(t, list[p.text]), luminance(t, list[p.on])
				if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < p.least {
					t.Errorf("%.2f to 1", ratio)
				}
			})
		}
	}
}

// TestThePageCanBeUsedByKeys checks what a keyboard and a screen reader need.
func TestThePageCanBeUsedByKeys(t *testing.T) {
	page := string(docsPage)
	tests := []struct{ name, part string }{
		{"its language", `<html lang="en">`},
		{"its width is that of the screen", `name="viewport"`},
		{"a way past the list", `class="skip" href="#main"`},
		{"the list has a name", `<nav aria-label=`},
		{"the filter has a name", `aria-label="Filter operations"`},
		{"how many there are is said", `role="status"`},
		{"where the focus is can be seen", `:focus-visible`},
		{"the menu says whether it is open", `aria-expanded`},
		{"what is long can be scrolled by keys", `tabindex: 0`},
		{"the button to copy says what", `"aria-label": "Copy: "`},
		{"dark where that is wanted", `prefers-color-scheme: dark`},
		{"something without scripts", `<noscript>`},
	}
	for _, test := range tests {
		if !strings.Contains(page, test.part) {
			t.Errorf("%s: there is no %s", test.name, test.part)
		}
	}
	if strings.Contains(page, "outline: none") || strings.Contains(page, "outline: 0") {
		t.Error("the focus is hidden")
	}
}
