package input

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

//go:embed senders.tsv
var sendersText string

// Sender is a service whose mail shows a name that its user has chosen, so that any stranger
// can make it show another person's name.
type Sender struct {
	Address string // an address or, with an @ in front, all of a domain and below it
	Service string
	How     string // how a stranger can choose the name
	Source  string // the URL of where that is described
}

// Senders returns the known services.
func Senders() []Sender {
	if more := furtherSenders.Load(); more != nil {
		return *more
	}
	return embeddedSenders()
}

// furtherSenders are all services after ExtendSenders.
var furtherSenders atomic.Pointer[[]Sender]

// ExtendSenders adds services to the known ones. It is called once, at start.
func ExtendSenders(more []Sender) {
	all := slices.Concat(embeddedSenders(), more)
	furtherSenders.Store(&all)
}

var embeddedSenders = sync.OnceValue(func() []Sender {
	var all []Sender
	for line := range strings.Lines(sendersText) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			panic("senders.tsv: " + line)
		}
		all = append(all, Sender{f[0], f[1], f[2], f[3]})
	}
	return all
})

// SharedSenderOf returns the service that an address is one of.
func SharedSenderOf(address string) (Sender, bool) {
	address = strings.ToLower(Trim(address))
	if local, host, ok := strings.Cut(address, "@"); ok { // mail to a tag goes to the same mailbox
		local, _, _ = strings.Cut(local, "+")
		address = local + "@" + host
	}
	for _, s := range Senders() {
		if s.has(address) {
			return s, true
		}
	}
	return Sender{}, false
}

func (s Sender) has(address string) bool {
	domain, all := strings.CutPrefix(s.Address, "@")
	if !all {
		return address == s.Address
	}
	_, host, ok := strings.Cut(address, "@")
	return ok && (host == domain || strings.HasSuffix(host, "."+domain))
}

// Example is an address of the service, to try a pattern on.
func (s Sender) Example() string {
	if domain, all := strings.CutPrefix(s.Address, "@"); all {
		return "no-reply@" + domain
	}
	return s.Address
}
