package registry

// Denial says why the API refuses the credentials, as far as its words tell.
type Denial int

// The reasons.
const (
	DenialUnsaid    Denial = iota // the API doesn't say which
	DenialAddress                 // the token may not be used from our address; see APIError.Address
	DenialExpired                 // the token's time is over
	DenialEarly                   // the token's time has not come
	DenialDisabled                // the token was disabled, revoked or rolled
	DenialUnknown                 // there is no such token or key
	DenialMalformed               // what was sent can't be credentials
	DenialTries                   // too many calls with wrong credentials
	DenialAccount                 // the credentials are for another account
	DenialRights                  // the credentials are good, and lack a permission
)
