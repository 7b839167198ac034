package desk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
)

// The thread token is how a conversation recognises answers to what we sent:
// conversation and nonce, signed with the desk's key. It stands in our
// Message-ID, comes back in In-Reply-To and References, and, where the account
// takes plus addresses, in the address the customer answers to. A token of
// another desk, or a guessed one, does not verify (promises A19).

const tokenMark = "pr1"

// tokenText is lower case because addresses and ids lose their case on the way.
func tokenText() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

func tokenMAC(key []byte, payload string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(tokenMark + "." + payload))
	return tokenText().EncodeToString(m.Sum(nil)[:10])
}

// makeToken signs a conversation. The nonce makes every Message-ID unique.
func makeToken(key []byte, c ConversationID, nonce string) string {
	payload := strconv.FormatInt(int64(c), 36) + "." + nonce
	return tokenMark + "." + payload + "." + tokenMAC(key, payload)
}

// Fingerprint names this desk among all others, in 16 letters that betray
// nothing of its key. It stays the same wherever the database is moved to and
// for every host that opens it.
func (d *Desk) Fingerprint() string { return tokenMAC(d.key, "fingerprint") }

// readToken finds the conversation in a Message-ID (without brackets) or in
// the local part of an address.
func readToken(key []byte, s string) (ConversationID, bool) {
	s = strings.ToLower(s)
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		s = s[:at]
	}
	if plus := strings.LastIndexByte(s, '+'); plus >= 0 {
		s = s[plus+1:]
	}
	parts := strings.Split(s, ".")
	if len(parts) != 4 || parts[0] != tokenMark {
		return 0, false
	}
	id, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil || id <= 0 {
		return 0, false
	}
	want := tokenMAC(key, parts[1]+"."+parts[2])
	if !hmac.Equal([]byte(want), []byte(parts[3])) {
		return 0, false
	}
	return ConversationID(id), true
}

// headerOf is the Message-ID of the mail that a token went out with: the token
// itself where it is one, and of a plus address what stands behind the plus.
func headerOf(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s
	}
	if plus := strings.LastIndexByte(s[:at], '+'); plus >= 0 {
		return s[plus+1:]
	}
	return s
}
