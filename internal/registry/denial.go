package registry

// Denial says why the API refuses the credentials, as far as its answer tells.
type Denial int

// The reasons.
const (
	DenialUnsaid    Denial = iota // the API gives no reason
	DenialAddress                 // the token may not be used from our address; see APIError.Address
	DenialExpired                 // the token has expired
	DenialEarly                   // the token is not valid yet
	DenialDisabled                // the token was disabled, revoked or rolled
	DenialUnknown                 // the token or key does not exist
	DenialMalformed               // the text has not the form of credentials
	DenialTries                   // too many calls with wrong credentials
	DenialAccount                 // the credentials are for another account
	DenialRights                  // the credentials are valid but lack a permission
)
