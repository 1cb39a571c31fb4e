#!/bin/sh
# Makes sure that there is a Chromium for the tests, or says what to install.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable; do
	if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing Chromium (apt-get install chromium)"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >/dev/null
	apt-get install -y -q --no-install-recommends chromium >/dev/null
	exit 0
fi
echo "Chromium is missing: install it (on Debian: apt-get install chromium), with chromium or google-chrome on the PATH" >&2
exit 1
