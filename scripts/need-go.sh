#!/bin/sh
# Says clearly when Go is missing or too old: need-go.sh MINIMUM
min=$1
if ! command -v go >/dev/null 2>&1; then
	echo "Truename needs Go $min or newer to build, and there is no 'go' on the PATH." >&2
	echo "Install it from https://go.dev/doc/install, put its bin directory on the PATH, and try again." >&2
	exit 1
fi
have=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed -e 's/^go//' -e 's/[^0-9.].*//')
if [ "$(printf '%s\n%s\n' "$min" "$have" | sort -V | head -n 1)" != "$min" ]; then
	echo "Truename needs Go $min or newer to build; $(command -v go) is Go ${have:-of an unknown version}." >&2
	echo "Install a newer one from https://go.dev/doc/install, put it first on the PATH, and try again." >&2
	exit 1
fi
