#!/bin/sh
# Installs from Debian's or Ubuntu's packages what the tests need and this machine lacks:
# dig, the peers nsd, knotd, named and unbound, dnsperf, the clients of the API curl,
# ddclient, inadyn and certbot, and for the dashboard Chromium, with Node where Debian's own is
# new enough. With --bench also pdns_server with its backends, the shell of SQLite and a C compiler. Quiet when nothing is missing.
# Leaves no daemon running.
set -eu

usage() {
	echo "usage: $0 [--bench]" >&2
	exit 2
}

say() { echo "install-test-deps: $*" >&2; }

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# have BINARY
have() { command -v "$1" >/dev/null 2>&1; }

# want BINARY PACKAGE: notes the package where the binary is absent.
missing=
want() { have "$1" || missing="$missing $2"; }

bench=no
case "${1:-}" in
'') ;;
--bench) bench=yes ;;
*) usage ;;
esac
[ $# -le 1 ] || usage

want dig bind9-dnsutils
want nsd nsd
want knotd knot
want named bind9
want unbound unbound
want dnsperf dnsperf
want curl curl
want ddclient 'ddclient libio-socket-ssl-perl'
want inadyn inadyn
want certbot 'certbot python3-certbot-dns-cloudflare python3-requests'

# The dashboard needs Node 20.19 and npm: Debian 13 has them, Debian 12 has 18. A browser is of
# no use without, and Ubuntu's package of it is a snap.
release=$(. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && echo "${VERSION_ID:-99}") || release=0
if have npm && [ "$(printf '%s\n' v20.19 "$(node --version 2>/dev/null)" | sort -V | head -n 1)" = v20.19 ]; then
	[ "$release" -eq 0 ] || want chromium chromium
elif [ "$release" -ge 13 ]; then
	want chromium 'chromium nodejs npm'
	want npm 'nodejs npm'
fi
if [ "$bench" = yes ]; then
	want pdns_server 'pdns-server pdns-backend-bind'
	ls /usr/lib/*/pdns/libgsqlite3backend.so >/dev/null 2>&1 || missing="$missing pdns-backend-sqlite3"
	want sqlite3 sqlite3
	want gcc 'gcc libc6-dev'
fi
[ -n "$missing" ] || exit 0

if ! have apt-get; then
	say "missing:$missing"
	say "this is not Debian or Ubuntu: install these by hand; tests that need an absent one are skipped"
	exit 1
fi

root=
if [ "$(id -u)" -ne 0 ]; then
	if ! have sudo || ! sudo -n true 2>/dev/null; then
		say "missing:$missing"
		say "neither root nor sudo without a password: run: sudo apt-get install --no-install-recommends$missing"
		exit 1
	fi
	root='sudo -n'
fi

# While policy-rc.d says 101, packages do not start their daemons (invoke-rc.d(8)). A policy
# that is there already, as in most containers, is left alone.
policy=/usr/sbin/policy-rc.d
placed=no
restore() {
	[ "$placed" = no ] || $root rm -f "$policy"
}
trap restore EXIT
trap 'exit 130' INT TERM
if [ ! -e "$policy" ]; then
	placed=yes
	printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
	$root chmod 755 "$policy"
fi

apt() {
	# shellcheck disable=SC2086 # $root is empty or "sudo -n"
	$root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@"
}

log=$(mktemp)
trap 'restore; rm -f "$log"' EXIT

# install PACKAGE...: first with the package lists as they are, then with fresh ones.
install() {
	apt install --no-install-recommends "$@" >"$log" 2>&1 && return 0
	apt update >>"$log" 2>&1 || true
	apt install --no-install-recommends "$@" >>"$log" 2>&1
}

say "installing:$missing"
# shellcheck disable=SC2086 # a list of packages
if ! install $missing; then
	tail -n 20 "$log" >&2
	say "apt-get did not succeed (see above); tests that need an absent package are skipped"
	exit 1
fi

# Where systemd runs, daemons just installed must not come up with the next boot either.
if [ -d /run/systemd/system ] && have systemctl; then
	for unit in nsd:nsd knot:knot bind9:named unbound:unbound pdns-server:pdns ddclient:ddclient inadyn:inadyn; do
		case " $missing " in
		*" ${unit%%:*} "*) $root systemctl disable --now "${unit##*:}.service" >/dev/null 2>&1 || true ;;
		esac
	done
fi
