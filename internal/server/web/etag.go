package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// NotModified sets the ETag of an answer by the hash of its content, and reports whether a
// program has that answer already.
func NotModified(c echo.Context, sum [sha256.Size]byte) bool {
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	c.Response().Header().Set("ETag", "W/"+tag)
	for given := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if given = strings.TrimSpace(given); given == "*" || strings.TrimPrefix(given, "W/") == tag {
			return true
		}
	}
	return false
}

// JSONWithTag answers with JSON and its ETag, or that a program has the same answer already.
func JSONWithTag(c echo.Context, answer any) error {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(answer); err != nil {
		return err
	}
	sum := sha256.Sum256(body.Bytes())
	if NotModified(c, sum) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.JSONBlob(http.StatusOK, body.Bytes())
}
