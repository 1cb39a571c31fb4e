package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/server/web"
)

// proxies are the networks of the reverse proxies whose X-Forwarded-* headers are
// believed.
type proxies []netip.Prefix

// extractor finds the address that a request comes from. What an untrusted peer says
// of it is not believed.
func (p proxies) extractor() echo.IPExtractor {
	if len(p) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, prefix := range p {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// saysPlain reports whether a proxy that is believed says that the person came by
// plain http.
func (p proxies) saysPlain(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	addr := peer.Addr().Unmap().WithZone("")
	trusted := slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
	return trusted && strings.EqualFold(r.Header.Get(echo.HeaderXForwardedProto), "http")
}

// ownAddress answers only what was sent to an address of this program, so that no
// other name can be pointed at it (DNS rebinding), and leads from http to https.
// Probes ask by whatever address they know.
func (s *Server) ownAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.URL.Path == web.HealthPath || r.URL.Path == web.ReadyPath {
			return next(c)
		}
		if !s.anyHost && !strings.EqualFold(withoutDefaultPort(r.Host, s.Public.Scheme), s.Public.Host) && !onLoopback(r.Host) {
			return web.ErrMisdirected
		}
		if s.secure() && s.proxies.saysPlain(r) {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				return web.ErrInsecure
			}
			return c.Redirect(http.StatusPermanentRedirect, s.Public.Scheme+"://"+s.Public.Host+r.URL.RequestURI())
		}
		return next(c)
	}
}

func withoutDefaultPort(host, scheme string) string {
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// onLoopback reports whether a Host header names this machine.
func onLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}
