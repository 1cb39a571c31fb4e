#!/bin/sh
# Makes sure that there is a PostgreSQL for the tests, or says what to install.
set -eu
for initdb in /usr/lib/postgresql/*/bin/initdb; do
	if [ -x "$initdb" ]; then exit 0; fi
done
if command -v initdb >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing PostgreSQL (apt-get install postgresql)"
	export DEBIAN_FRONTEND=noninteractive
	# The tests start a server of their own: no other one is to run because of them.
	if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		mkdir -p /etc/postgresql-common
		echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
	fi
	apt-get update -q >/dev/null
	apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold postgresql >/dev/null
	exit 0
fi
echo "PostgreSQL is missing: install it (on Debian: apt-get install postgresql), with initdb in /usr/lib/postgresql/*/bin or on the PATH" >&2
exit 1
