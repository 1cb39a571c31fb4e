package auth

// What is wrong with a request that should have come through Cloudflare Access, and
// what to do about it. The person and the audit record get these sentences.
const (
	reasonMissing = "The request did not come through Cloudflare Access: it has no Cf-Access-Jwt-Assertion header. " +
		"Open Namesake by its public address."
	reasonLookAlike = "The request has a header that differs from Cf-Access-Jwt-Assertion in spelling only. " +
		"Configure the proxy between Cloudflare and Namesake to drop such headers."
	reasonTwice = "The request has more than one Cf-Access-Jwt-Assertion header, and Cloudflare Access sends one. " +
		"Configure the proxy between Cloudflare and Namesake not to add one."
	reasonJoined = "The Cf-Access-Jwt-Assertion header holds several values, joined by a comma, and Cloudflare Access sends one. " +
		"Configure the proxy between Cloudflare and Namesake not to add one."
	reasonTooLong = "The Cf-Access-Jwt-Assertion header is longer than 16 KiB. " +
		"In Zero Trust, have the identity provider add fewer claims to the token."
	reasonMalformed = "The Cf-Access-Jwt-Assertion header does not hold a Cloudflare Access token. " +
		"Open Namesake by its public address."
	reasonAlg = "The Cloudflare Access token is signed with an algorithm that Namesake does not accept (it accepts RS256 and ES256). " +
		"Open Namesake by its public address."
	reasonNoKey = "The Cloudflare Access token does not name the key that signed it. " +
		"Open Namesake by its public address."
	reasonUnknownKey = "The Cloudflare Access token is signed with a key that the team does not have. " +
		"Try again in a minute; if that does not help, ask the people who run Namesake to check NAMESAKE_ACCESS_TEAM_DOMAIN."
	reasonSignature = "The signature of the Cloudflare Access token is not the team's. " +
		"Open Namesake by its public address; if that does not help, ask the people who run Namesake to check NAMESAKE_ACCESS_TEAM_DOMAIN."
	reasonUnreadable = "The claims of the Cloudflare Access token can't be read: one has the wrong type or appears twice. " +
		"In Zero Trust, check which claims the identity provider adds to the token."
	reasonIssuer = "The Cloudflare Access token was issued by another team. " +
		"Ask the people who run Namesake to check NAMESAKE_ACCESS_TEAM_DOMAIN."
	reasonNoAudience = "The Cloudflare Access token does not name its application. " +
		"Open Namesake by its public address."
	reasonAudience = "The Cloudflare Access token is for another application. " +
		"Ask the people who run Namesake to compare NAMESAKE_ACCESS_AUD with the audience tag of the application in Zero Trust."
	reasonNoType = "The Cloudflare Access token does not state its type. " +
		"Open Namesake by its public address."
	reasonType = "The Cloudflare Access token is not one for an application. " +
		"Open Namesake by its public address."
	reasonNoExpiry = "The Cloudflare Access token has no expiry date. " +
		"Sign out of Cloudflare Access and sign in again."
	reasonExpired = "The Cloudflare Access token is no longer valid. " +
		"Reload the page to sign in again; if that does not help, ask the people who run Namesake to check its clock."
	reasonNotYet = "The Cloudflare Access token is not valid yet. " +
		"Ask the people who run Namesake to check its clock."
	reasonFuture = "The Cloudflare Access token was issued in the future. " +
		"Ask the people who run Namesake to check its clock."
	reasonNoSubject = "The Cloudflare Access token names neither a person nor a service token. " +
		"Sign out of Cloudflare Access and sign in again."
	reasonServiceToken = "This service token is not allowed. " +
		"Ask the people who run Namesake to add its client ID to NAMESAKE_ACCESS_SERVICE_TOKENS, or sign in as a person."
	reasonSubject = "The Cloudflare Access token has a user ID that can't be used: it is longer than 255 bytes, " +
		"or has control characters. Ask the people who run Namesake to check the sign-in method in Zero Trust."
	reasonOtherPerson = "Cloudflare Access reports another person than the token does. " +
		"Sign out of Cloudflare Access and sign in again."
	reasonSignInOver = "Cloudflare Access no longer knows this sign-in. " +
		"Sign out of Cloudflare Access and sign in again."
)

// Why Cloudflare Access can't be asked.
const (
	reasonNoKeys     = "Cloudflare Access can't be reached, so sign-ins can't be checked. Try again in a minute."
	reasonNoIdentity = "Cloudflare Access can't be asked for the person's groups. Try again in a minute."
)

func refusedAccess(reason string, cause error) error {
	return &RefusedError{Reason: reason, Err: cause}
}
