package words

import (
	"fmt"

	"namesake/internal/registry"
)

const nothingChanged = "Nothing was changed."

// FailedCall says what a failed call of the API means and what to do. reading says that the
// call could not change anything.
func FailedCall(e *registry.APIError, reading bool) Notice {
	unchanged := ""
	if !reading && e.Effect == registry.NoEffect {
		unchanged = nothingChanged
	}
	say := func(title string, text ...string) Notice { return Notice{title, text} }
	switch e.Kind {
	case registry.Refused:
		return say("Cloudflare refused the values", sentences(unchanged, reasonsText(e)))
	case registry.Conflicting:
		return say("Cloudflare refused because of a conflict", sentences(unchanged, "The values do not fit what the registry has now."))
	case registry.Missing:
		return say("Cloudflare does not know what was asked for",
			sentences("Either the account ID is wrong (CLOUDFLARE_ACCOUNT_ID), or the account has no impersonation registry.", unchanged))
	case registry.Denied:
		return say("Cloudflare refused Namesake's credentials", sentences(denied(e), unchanged))
	case registry.NotSubscribed:
		return say("The account has no Email Security",
			"Cloudflare says that the account's subscription does not include it. The impersonation registry is part of Cloudflare Email Security.")
	case registry.RateLimited:
		return rateLimited(e, reading, unchanged)
	case registry.Broken:
		return say(fmt.Sprintf("Cloudflare returned an error (%d)", e.Receipt.Status))
	case registry.Unreadable:
		return say("Cloudflare's answer could not be read", "It is cut off, empty, too large or not JSON.")
	case registry.Unreachable:
		return say("Cloudflare could not be reached",
			"No connection could be made, so nothing was sent. Check the network, the name server and the certificates between Namesake and Cloudflare.")
	case registry.Lost:
		return say("The connection to Cloudflare broke", "It ended before Cloudflare answered.")
	case registry.TimedOut:
		return say("Cloudflare did not answer in time")
	}
	return say("The call of Cloudflare failed")
}

func rateLimited(e *registry.APIError, reading bool, unchanged string) Notice {
	const heldBack = "Cloudflare accepts a limited number of calls in five minutes with these credentials, including work in its dashboard. Above that it refuses every call for five minutes, so Namesake waits."
	switch {
	case e.HeldBack() && reading:
		return Notice{"Namesake has to wait before it asks Cloudflare again", []string{heldBack, TryAgain(e.RetryAfter)}}
	case e.HeldBack():
		return Notice{"Not sent: too many calls of Cloudflare's API", []string{sentences(heldBack, unchanged), TryAgain(e.RetryAfter)}}
	}
	wait := TryAgain(e.RetryAfter)
	if e.RetryAfter <= 0 {
		wait = "Cloudflare does not say how long to wait. Its limits are counted over five minutes."
	}
	return Notice{"Cloudflare asks to slow down", []string{
		sentences("Too many calls were made with these credentials. Work in Cloudflare's dashboard counts too.", unchanged, wait),
	}}
}

func reasonsText(e *registry.APIError) string {
	if len(e.Reasons()) == 0 {
		return "Cloudflare gave no reason."
	}
	return "Cloudflare's reasons are below."
}
