package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// Problem is one element of errors or messages.
type Problem struct {
	Code             int       `json:"code"`
	Message          string    `json:"message"`
	DocumentationURL string    `json:"documentation_url,omitempty"`
	Source           *Source   `json:"source,omitempty"`
	ErrorChain       []Problem `json:"error_chain,omitempty"`
	// Type is in no schema, but a token check has been seen to answer "type": null.
	Type json.RawMessage `json:"type,omitempty"`
}

// Source says which part of the request a problem is about.
type Source struct {
	Pointer string `json:"pointer"`
}

// Codes that Cloudflare has been seen to answer.
const (
	codeBadToken         = 1000
	codeBadHeaders       = 6003
	codeBadAuthEmail     = 6102
	codeBadAuthKey       = 6103
	codeBadAuthorization = 6111
	codeNoRoute          = 7003
	codeUnknownKey       = 9103
	codeAuthentication   = 10000
	codeTooManyCalls     = 10100
	codeBadMethod        = 10405
)

// Codes that are this sandbox's own assumption: what Cloudflare answers in these
// cases is not known.
const (
	codeMalformed  = 11400 // the body is not a JSON object
	codeRequired   = 11401
	codeType       = 11402
	codeLength     = 11403
	codeEnum       = 11404
	codeReadOnly   = 11405 // a field that only answers have
	codeFormat     = 11406
	codeEmptyPatch = 11407
	codeRange      = 11408
	codeDuplicate  = 11409
	codeSynced     = 11410 // change of an entry that a directory owns
	codeTooLarge   = 11413
	codeNoEntry    = 11414
)

const documentation = "https://developers.cloudflare.com/api/resources/email_security/subresources/settings/subresources/impersonation_registry/"

type resultInfo struct {
	Count      json.RawMessage `json:"count,omitempty"`
	Page       int             `json:"page"`
	PerPage    int             `json:"per_page"`
	TotalCount json.RawMessage `json:"total_count,omitempty"`
}

// envelope is the form of every answer. Its lists are never null.
type envelope struct {
	Success    bool        `json:"success"`
	Errors     []Problem   `json:"errors"`
	Messages   []Problem   `json:"messages"`
	Result     any         `json:"result"`
	ResultInfo *resultInfo `json:"result_info,omitempty"`
}

// answer is the result of an operation, before it is written to the connection.
type answer struct {
	status  int
	header  map[string]string
	body    envelope
	entry   string // id of the entry that was changed
	applied bool   // the registry was changed
}

func succeed(status int, result any) answer {
	return answer{status: status, body: envelope{
		Success: true, Errors: []Problem{}, Messages: []Problem{}, Result: result,
	}}
}

func refuse(status int, problems ...Problem) answer {
	return answer{status: status, body: envelope{Errors: problems, Messages: []Problem{}}}
}

func noRoute(r *http.Request) answer {
	return refuse(http.StatusNotFound, Problem{
		Code:    codeNoRoute,
		Message: "Could not route to " + r.URL.Path + ", perhaps your object identifier is invalid?",
	})
}

func (a answer) encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(a.body); err != nil {
		panic(err) // the wire structs hold nothing that can't be encoded
	}
	return b.Bytes()
}
