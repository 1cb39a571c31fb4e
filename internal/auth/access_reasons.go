package auth

// What is wrong with a request that should have come through Cloudflare Access, and
// what to do, for the person and for the record.
const (
	reasonMissing = "The request did not come through Cloudflare Access: it has no Cf-Access-Jwt-Assertion header. " +
		"Open Namesake by its public address."
	reasonLookAlike = "The request has a header that passes for Cf-Access-Jwt-Assertion in another spelling. " +
		"Have whatever stands between Cloudflare and Namesake drop such headers."
	reasonTwice = "The request has more than one Cf-Access-Jwt-Assertion header, and Cloudflare Access sends one. " +
		"Have whatever stands between Cloudflare and Namesake add none."
	reasonJoined = "The Cf-Access-Jwt-Assertion header holds several values, joined by a comma, and Cloudflare Access sends one. " +
		"Have whatever stands between Cloudflare and Namesake add none."
	reasonTooLong = "The Cf-Access-Jwt-Assertion header is longer than 16 KiB. " +
		"In Zero Trust, have the identity provider add fewer claims to the token."
	reasonMalformed = "The Cf-Access-Jwt-Assertion header holds no token of the form that Cloudflare Access sends. " +
		"Open Namesake by its public address."
	reasonAlg = "The token of Cloudflare Access is signed in a way that is not accepted: only RS256 and ES256 are. " +
		"Open Namesake by its public address."
	reasonNoKey = "The token of Cloudflare Access does not say by which key it is signed. " +
		"Open Namesake by its public address."
	reasonUnknownKey = "The token of Cloudflare Access is signed by a key that the team does not have. " +
		"Try again in a minute; if that does not help, have the team's address in Namesake's settings checked."
	reasonSignature = "The signature of the Cloudflare Access token is not the team's. " +
		"Open Namesake by its public address; if that does not help, have the team's address in Namesake's settings checked."
	reasonUnreadable = "The claims of the Cloudflare Access token can't be read: one is of the wrong type, or is there twice. " +
		"In Zero Trust, check which claims the identity provider adds to the token."
	reasonIssuer = "The Cloudflare Access token was issued by another team. " +
		"Have the team's address in Namesake's settings checked."
	reasonNoAudience = "The Cloudflare Access token does not say for which application it is. " +
		"Open Namesake by its public address."
	reasonAudience = "The Cloudflare Access token is for another application. " +
		"Have the audience tag in Namesake's settings compared with that of the application in Zero Trust."
	reasonNoType = "The Cloudflare Access token does not say of which type it is. " +
		"Open Namesake by its public address."
	reasonType = "The Cloudflare Access token is not one for an application. " +
		"Open Namesake by its public address."
	reasonNoExpiry = "The Cloudflare Access token does not say until when it is valid. " +
		"Sign out of Cloudflare Access and sign in again."
	reasonExpired = "The Cloudflare Access token is no longer valid. " +
		"Reload the page to sign in again; if that does not help, have the clock of the machine that runs Namesake checked."
	reasonNotYet = "The Cloudflare Access token is not valid yet. " +
		"Have the clock of the machine that runs Namesake checked."
	reasonFuture = "The Cloudflare Access token was issued in the future. " +
		"Have the clock of the machine that runs Namesake checked."
	reasonNobody = "The Cloudflare Access token names neither a person nor a service token. " +
		"Sign out of Cloudflare Access and sign in again."
	reasonServiceToken = "The request came with a service token that is not let in. " +
		"List its client id in Namesake's settings, or sign in as a person."
	reasonSubject = "The Cloudflare Access token has an id for the person that can't be used: it is longer than 255 bytes, " +
		"or has control characters. Have the sign-in method in Zero Trust checked."
	reasonOtherPerson = "Cloudflare Access says that the token and its identity are those of two people. " +
		"Sign out of Cloudflare Access and sign in again."
	reasonSignInOver = "Cloudflare Access no longer knows this sign-in. " +
		"Sign out of Cloudflare Access and sign in again."
)

// Why Cloudflare Access can't be asked.
const (
	reasonNoKeys     = "Cloudflare Access can't be reached, so that no sign-in can be checked. Try again in a minute."
	reasonNoIdentity = "Cloudflare Access can't be asked for the person's groups. Try again in a minute."
)

func refusedAccess(reason string, cause error) error {
	return &RefusedError{Reason: reason, Err: cause}
}
