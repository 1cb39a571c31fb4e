package words

import (
	"net/http"

	"namesake/internal/registry"
)

const neededPermission = "The API token needs the permission “Cloud Email Security: Write” for this account; “Read” is enough to view entries."

// newToken is what to do where the credentials themselves are at an end.
const newToken = "Make or renew a token in Cloudflare's dashboard, give it to Namesake as CLOUDFLARE_API_TOKEN, and restart Namesake. " + neededPermission

// denied says why the credentials were refused and what to do about it.
func denied(e *registry.APIError) string {
	if e.Sporadic {
		return sporadic(e)
	}
	switch e.Denial {
	case registry.DenialAddress:
		if e.Address == "" {
			return "The API token may not be used from Namesake's network address: a filter of the token lets only certain client IP addresses use it. Add the address to the token's filter in Cloudflare's dashboard."
		}
		return "The API token may not be used from the network address " + e.Address + ", from which Cloudflare saw the call come: a filter of the token lets only certain client IP addresses use it. " +
			"Add this address to the token's filter in Cloudflare's dashboard, or let Namesake's calls leave from an address that is in it."
	case registry.DenialExpired:
		return "The API token has expired. " + newToken
	case registry.DenialEarly:
		return "The API token is not valid yet: its start date is in the future. Wait until then, or change the date of the token in Cloudflare's dashboard."
	case registry.DenialDisabled:
		return "The API token is no longer active: it was disabled, revoked or rolled in Cloudflare's dashboard. " + newToken
	case registry.DenialTries:
		return "There were too many calls with wrong credentials, and Cloudflare refuses all of them for a while. Check the token (CLOUDFLARE_API_TOKEN), or the email address with its key, before you try again: each further call may prolong this."
	case registry.DenialAccount:
		return "The credentials are not for this account. Either CLOUDFLARE_ACCOUNT_ID is wrong, or the API token was made for another account. " + neededPermission
	case registry.DenialMalformed:
		return "The credentials have the wrong form: they may be mistyped or cut short (CLOUDFLARE_API_TOKEN, or CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY). " + neededPermission
	case registry.DenialRights:
		return "The credentials are known but may not do this. " + neededPermission
	case registry.DenialUnknown:
		return "Cloudflare does not know the credentials: they may be mistyped, expired or rolled. " + neededPermission
	case registry.DenialUnsaid:
	}
	switch {
	case len(e.Problems) == 0:
		return "The answer may come from a firewall or a proxy instead of the API. If it comes from the API: " + neededPermission
	case e.Receipt.Status == http.StatusForbidden:
		return "Cloudflare does not say why: the token may lack a permission, be made for another account than CLOUDFLARE_ACCOUNT_ID, or no longer be valid. " + neededPermission
	}
	return "The credentials are malformed, unknown or lack a permission. " + neededPermission
}

// sporadic is about credentials with which such a call succeeded a moment ago.
func sporadic(e *registry.APIError) string {
	text := "A call like this one succeeded with the same credentials within the last minute, so this may pass by itself: try again in a moment. If it does not, check the API token in Cloudflare's dashboard."
	if e.Denial == registry.DenialAddress && e.Address != "" {
		text += " Cloudflare says that the token may not be used from the network address " + e.Address + ": calls may leave from several addresses, of which the token's filter has only some."
	}
	return text
}
