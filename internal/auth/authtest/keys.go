package authtest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// key holds the private keys, one of each kind, that share an id.
type key struct {
	id      string
	rsa     *rsa.PrivateKey
	curve   *ecdsa.PrivateKey
	edwards ed25519.PrivateKey
}

// pool generates the keys once, because RSA keys take long: the first, the one after
// Rotate, and a forger's.
var pool = sync.OnceValue(func() [3]key {
	var keys [3]key
	for i, id := range []string{"first", "second", "forger"} {
		private, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		_, edwards, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			panic(err)
		}
		keys[i] = key{id: id, rsa: private, curve: curve, edwards: edwards}
	}
	return keys
})

func (k key) of(algorithm string) any {
	switch algorithm {
	case "ES256":
		return k.curve
	case "EdDSA":
		return k.edwards
	}
	return k.rsa
}

// sign returns claims as a signed token.
func (p *Provider) sign(a Answers, claims Claims) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	by := p.key
	if a.Forged {
		by = pool()[2]
	}
	var private any
	switch a.Algorithm {
	case "none":
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(payload) + ".", nil
	case "HS256":
		private = []byte(p.ClientSecret)
	default:
		private = by.of(a.Algorithm)
	}
	signer, err := jose.NewSigner(jose.SigningKey{
		Algorithm: jose.SignatureAlgorithm(a.Algorithm), Key: jose.JSONWebKey{Key: private, KeyID: p.key.id},
	}, nil)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

func (p *Provider) publicKeys(_ Answers, w http.ResponseWriter, _ *http.Request) {
	var set jose.JSONWebKeySet
	for _, public := range []any{p.key.rsa.Public(), p.key.curve.Public(), p.key.edwards.Public()} {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: public, KeyID: p.key.id, Use: "sig"})
	}
	answer(w, http.StatusOK, set)
}
