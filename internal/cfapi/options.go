package cfapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"namesake/internal/registry"
)

// Defaults of Options.
const (
	defaultBaseURL = "https://api.cloudflare.com/client/v4"
	defaultTimeout = 10 * time.Second
	// defaultMaxBody leaves room for a full page of 1,000 entries with 16 KiB each.
	defaultMaxBody = 16 << 20
)

// NoBudget is the Budget of an API without a limit of calls.
const NoBudget = -1

// Options are the parts of a Client. Account and either Token or both of Email
// and Key are required. Printing or logging Options doesn't show the secrets.
type Options struct {
	BaseURL string // defaultBaseURL when empty; https, or http on loopback
	Account registry.AccountID
	Token   string
	Email   string
	Key     string

	// Timeout bounds the time of each method, including a repeated read and the wait in the
	// queue; for background work, the time of each request.
	Timeout time.Duration
	// Budget is the maximum of calls in five minutes. The limits in the API's answers apply
	// as well. 0 means Cloudflare's limit for a token; use NoBudget for an API that is not
	// Cloudflare's.
	Budget    int
	MaxBody   int64 // the longest answer in bytes, after decompression
	UserAgent string

	// Transport replaces the connection to the API, such as by an in-process one.
	// One that ignores net/http/httptrace makes every failed change uncertain.
	Transport http.RoundTripper
	// Now and Pause stand in for the clock in tests.
	Now   func() time.Time
	Pause func(context.Context, time.Duration) error

	// Observe, if not nil, is called after each request, including the first try of a
	// repeated read, by the goroutine that made the request.
	Observe func(Call)
}

// Call is one request to the API, as an observer gets it.
type Call struct {
	Operation string // such as "create entry"; there are few
	Outcome   string // "ok", or the text of the registry.Kind
	Took      time.Duration
	Budgets   []Budget // what the answer says about the API's limits, if anything
}

func (o Options) withDefaults() Options {
	if o.BaseURL == "" {
		o.BaseURL = defaultBaseURL
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBody == 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.Budget == 0 {
		o.Budget = defaultBudget
	}
	if o.UserAgent == "" {
		o.UserAgent = "namesake"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	return o
}

func (o Options) check() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("cloudflare client: "+format, args...))
	}

	if err := checkBaseURL(o.BaseURL); err != nil {
		fault("base URL: %w", err)
	}
	if _, err := registry.ParseAccountID(string(o.Account)); err != nil {
		fault("account: %w", err)
	}
	pair := o.Email != "" || o.Key != ""
	switch {
	case o.Token != "" && pair:
		fault("give either a token, or an email with a key, not both")
	case o.Token == "" && !pair:
		fault("a token, or an email with a key, is required")
	case pair && o.Email == "":
		fault("the key needs the email it belongs to")
	case pair && o.Key == "":
		fault("the email needs its key")
	}
	for _, v := range []struct{ name, value string }{
		{"token", o.Token}, {"email", o.Email}, {"key", o.Key},
	} {
		if strings.ContainsFunc(v.value, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			fault("the %s has a space, a line break or a character outside ASCII", v.name)
		}
	}
	if strings.ContainsFunc(o.UserAgent, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		fault("the user agent has a control character or one outside ASCII")
	}
	if o.Timeout < 0 {
		fault("the timeout is negative")
	}
	if o.MaxBody < 0 {
		fault("the limit of an answer's length is negative")
	}
	return errors.Join(faults...)
}

func checkBaseURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		// The parser's own message quotes the text, which may hold a password.
		return errors.New("not a URL")
	case u.User != nil:
		return errors.New("must not hold a user name or password")
	case u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return errors.New("must be a scheme, a host and at most a path")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return errors.New("must be https, or http on a loopback address")
	}
	return nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Format writes the options without the secrets, whatever the verb.
func (o Options) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "{"+o.BaseURL+" account "+string(o.Account)+" "+o.secrets()+"}")
}

// LogValue is what a log shows: everything but the secrets.
func (o Options) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("base_url", o.BaseURL), slog.String("account", string(o.Account)), slog.String("auth", o.secrets()))
}

func (o Options) secrets() string {
	switch {
	case o.Token != "":
		return "token [secret]"
	case o.Key != "":
		return "email " + o.Email + " key [secret]"
	}
	return "no credentials"
}

func httpClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = newTransport()
	}
	return &http.Client{
		Transport: transport,
		// A followed redirect would carry the credentials elsewhere and, at 307 and
		// 308, send a change again.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newTransport returns a transport that never sends a change twice. net/http
// resends a request by itself only when a kept-alive connection failed and it has
// either written no byte of the request, or the request is a GET or the like
// (persistConn.shouldRetryRequest). POST, PATCH and DELETE are not, as long as they
// have no Idempotency-Key header (Request.isReplayable); we send none.
//
// HTTP/2 stays off: there, any request whose stream the server resets with
// PROTOCOL_ERROR is sent again (http2canRetryError), although it may have had an
// effect.
func newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		Protocols:              protocols,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
