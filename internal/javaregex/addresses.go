package javaregex

// addresses is a machine that accepts texts that may be an address. It accepts everything
// that any standard calls an address, and many texts that are none, such as a text without
// an @.
type addresses struct {
	edges     [addressStates][]addressEdge
	lineBreak bool // a text may hold line breaks, so that $ also matches before one
}

type addressEdge struct {
	on symbols
	to addressState
}

type addressState uint8

const (
	addressStart addressState = iota
	addressLocal
	addressQuoted // inside "…" in the local part
	addressUnquoted
	addressAt
	addressDomain
	addressDot
	addressLiteral // inside […] as the domain
	addressLiteralEnd
	addressEnd // nothing may follow
	addressStates
)

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789é"

var (
	localSymbols   = symbolsIn(alphanumeric + "!#$%&'*+-/=?^_`{|}~.")
	domainSymbols  = symbolsIn(alphanumeric + "-_")
	literalSymbols = symbolsIn(alphanumeric + ".:-")
)

// addressOptions change which texts the machine accepts.
type addressOptions struct {
	unquoted bool    // no quoted local part
	without  string  // characters that are left out
	extra    symbols // characters that may stand anywhere outside quotes
	anything bool    // any text is an address
}

func newAddresses(o addressOptions) *addresses {
	a := &addresses{lineBreak: o.anything || o.extra.has(controlSymbol)}
	edge := func(from addressState, on symbols, to addressState) {
		if o.unquoted && (from == addressQuoted || to == addressQuoted) {
			return
		}
		a.edges[from] = append(a.edges[from], addressEdge{on.without(o.without), to})
	}
	if o.anything {
		edge(addressStart, everySymbol, addressLocal)
		edge(addressLocal, everySymbol, addressLocal)
		return a
	}
	quote, at := symbolsIn(`"`), symbolsIn("@")
	for _, from := range []addressState{addressStart, addressLocal, addressUnquoted} {
		edge(from, localSymbols.or(o.extra), addressLocal)
		edge(from, quote, addressQuoted)
	}
	edge(addressLocal, at, addressAt)
	edge(addressUnquoted, at, addressAt)
	inQuotes := everySymbol
	inQuotes[0] &^= 1 << controlSymbol
	edge(addressQuoted, inQuotes, addressQuoted)
	edge(addressQuoted, quote, addressUnquoted)
	for _, from := range []addressState{addressAt, addressDomain, addressDot} {
		edge(from, domainSymbols.or(o.extra), addressDomain)
	}
	edge(addressAt, symbolsIn("["), addressLiteral)
	edge(addressDomain, symbolsIn("."), addressDot)
	edge(addressLiteral, literalSymbols, addressLiteral)
	edge(addressLiteral, symbolsIn("]"), addressLiteralEnd)
	return a
}

// mayEnd reports whether a text may be over in a state.
func (s addressState) mayEnd() bool {
	return s != addressStart && s != addressQuoted && s != addressLiteral
}
