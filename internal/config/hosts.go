package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// parsePrefix reads a CIDR or an address. It rejects a CIDR of IPv4 addresses in IPv6
// notation, because it would never match.
func parsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	if prefix.Addr().Is4In6() {
		return netip.Prefix{}, errors.New("write an IPv4 network as IPv4")
	}
	return prefix.Masked(), nil
}

// parseAddr checks a listen address. An empty host is every interface.
func parseAddr(value string) (string, error) {
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return "", fmt.Errorf("is %s, not host:port; write it like 127.0.0.1:8080", show(value))
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", fmt.Errorf("has the port %s; write a number from 0 to 65535", show(port))
	}
	if host != "" && !isHost(host) {
		return "", fmt.Errorf("has the host %s, which is neither an IP address nor a host name", show(host))
	}
	return net.JoinHostPort(host, strconv.FormatUint(number, 10)), nil
}

// parseURL checks a URL that secrets are sent to: https, or on this machine. Its error
// never holds the value, which may contain a password.
func parseURL(value string) (*url.URL, error) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || !isHost(u.Hostname()) || strings.HasSuffix(u.Host, ":") {
		return nil, errors.New("is not a URL such as https://example.com")
	}
	u.Host = strings.ToLower(u.Host)
	switch {
	case u.User != nil:
		return nil, errors.New("has a user name or password in it; take it out")
	case strings.ContainsAny(value, "?#"):
		return nil, errors.New("has a query or fragment; end it before the ? or #")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return nil, errors.New("must start with https:// (http:// is only for this machine: localhost, 127.0.0.0/8, ::1)")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, errors.New("has a port that is not a number from 1 to 65535")
		}
	}
	return u, nil
}

// parseOrigin is parseURL for a URL without a path, and returns the origin as a
// browser writes it.
func parseOrigin(value string) (string, error) {
	u, err := parseURL(value)
	if err != nil {
		return "", err
	}
	if u.Path != "" && u.Path != "/" {
		return "", errors.New("has a path; end it after the host and port")
	}
	host := u.Host
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	} else {
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host, nil
}

// onLoopback reports whether a URL, valid otherwise or not, is on this machine.
func onLoopback(value string) bool {
	u, err := url.Parse(value)
	return err == nil && isLoopback(u.Hostname())
}

// isLoopback checks the form of an address only; it resolves no names.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func isHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || isHostname(host)
}

// isHostname follows RFC 1123, plus the underscore that container networks use.
// A name whose last label is a number is a mistyped address.
func isHostname(host string) bool {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			c := label[i] | 0x20 // letters to lower case; digits and hyphens stay
			if (c < 'a' || c > 'z') && (label[i] < '0' || label[i] > '9') && label[i] != '-' && label[i] != '_' {
				return false
			}
		}
	}
	_, err := strconv.Atoi(labels[len(labels)-1])
	return len(host) <= 253 && err != nil
}
