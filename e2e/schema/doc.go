// Package schema checks the API client and the sandbox against Cloudflare's published schema:
// make schema OPENAPI=path.
package schema
