#!/usr/bin/env bash
# debian.sh: installs the Debian packages that the throw-away cluster and the tests need, and only those that are missing.
set -euo pipefail
# shellcheck source=SCRIPTDIR/step.sh
. "$(dirname "$0")/step.sh"

# needs is PATTERN PACKAGE: a file that must exist, and the package that has it. Any other source of the file will do.
needs='
/usr/*bin/containerd                containerd
/usr/*bin/ctr                       containerd
/usr/*bin/runc                      runc
/usr/lib/cni/ptp                    containernetworking-plugins
/usr/*bin/iptables                  iptables
/*bin/ip                            iproute2
/usr/lib/postgresql/*/bin/postgres  postgresql
/etc/ssl/certs/ca-certificates.crt  ca-certificates
/usr/bin/shellcheck                 shellcheck
/usr/*bin/pgbouncer                  pgbouncer
/usr/bin/redis-server               redis-server
/usr/sbin/exim4                     exim4-daemon-light
/usr/sbin/nginx                     nginx-light
/usr/bin/chromium                   chromium
/usr/bin/wrk                        wrk
/usr/lib/python3/dist-packages/fastapi   python3-fastapi
/usr/lib/python3/dist-packages/httpx     python3-httpx
/usr/lib/python3/dist-packages/jwt       python3-jwt
/usr/lib/python3/dist-packages/uvicorn   python3-uvicorn
'

missing() {
	local pattern package
	while read -r pattern package; do
		if [[ -n $pattern ]] && ! compgen -G "$pattern" >/dev/null; then echo "$package"; fi
	done <<<"$needs" | sort -u
}

install() {
	export DEBIAN_FRONTEND=noninteractive
	# Tests start servers of their own; the packages would start some for the machine.
	mkdir -p /etc/postgresql-common/createcluster.d
	echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/gatehouse.conf
	local policy=/usr/sbin/policy-rc.d
	if [[ ! -e $policy ]]; then
		trap 'rm -f /usr/sbin/policy-rc.d' EXIT
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod +x "$policy"
	fi
	apt-get update
	apt-get install --yes --no-install-recommends "$@"
}

mapfile -t packages < <(missing)
if ((${#packages[@]} == 0)); then exit 0; fi
if ! command -v apt-get >/dev/null; then
	echo "This machine lacks what Debian's packages ${packages[*]} have, and has no apt-get: install them another way." >&2
	exit 1
fi
if ((EUID != 0)); then
	echo "Packages are missing and installing takes root: sudo apt-get install ${packages[*]}" >&2
	exit 1
fi
HINT="Install them by hand: apt-get install ${packages[*]}" step "install ${packages[*]} from Debian" install "${packages[@]}"
