#!/bin/sh
# Makes sure that there is a Chromium for the tests, or says what to install.
set -eu
for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
	if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >/dev/null
	for package in chromium-headless-shell chromium; do # not every Debian has the first
		echo "installing Chromium (apt-get install $package)"
		if apt-get install -y -q --no-install-recommends "$package" >/dev/null; then exit 0; fi
	done
fi
echo "Chromium is missing: install it (on Debian: apt-get install chromium-headless-shell), with that, chromium or google-chrome on the PATH" >&2
exit 1
