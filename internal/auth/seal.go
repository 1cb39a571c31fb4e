package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"namesake/internal/signin"
)

// sealer seals texts that are too long for a cookie, with keys derived from those of
// the cookies.
type sealer struct {
	seq  int64 // of the session key
	aead cipher.AEAD
}

func newSealer(key signin.Key) (sealer, error) {
	derived, err := hkdf.Key(sha256.New, key.Secret, nil, "namesake sealed text", blockKeySize)
	if err != nil {
		return sealer{}, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return sealer{}, fmt.Errorf("derive key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, fmt.Errorf("derive key: %w", err)
	}
	return sealer{key.Seq, aead}, nil
}

// sealText seals content for the purpose name. The result fits into a URL.
func (k *keyRing) sealText(ctx context.Context, name string, content []byte) (string, error) {
	keys, err := k.current(ctx)
	if err != nil {
		return "", err
	}
	with := keys.sealers[0]
	sealed := binary.BigEndian.AppendUint64(nil, uint64(with.seq)) //nolint:gosec // keys are numbered from 1
	sealed = with.aead.Seal(sealed, nil, content, []byte(name))
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// openText returns the content that sealText sealed under the same name. ok is false when
// sealed is anything else.
func (k *keyRing) openText(ctx context.Context, name, sealed string) (content []byte, ok bool, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < 8 {
		return nil, false, nil //nolint:nilerr // it is no sealed text
	}
	keys, err := k.current(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, with := range keys.sealers {
		if uint64(with.seq) != binary.BigEndian.Uint64(raw) { //nolint:gosec // keys are numbered from 1
			continue
		}
		content, err := with.aead.Open(nil, nil, raw[8:], []byte(name))
		return content, err == nil, nil
	}
	return nil, false, nil
}
