// Package oauth lets a person grant this desk a mailbox at an OpenID provider,
// and renews what was granted: OAuth 2.0 (RFC 6749, 6750) as a native app
// (RFC 8252) with PKCE (RFC 7636), or with a device code (RFC 8628). It keeps
// nothing and knows no mail server: package connector seals what it gets here,
// and signs in with it.
//
//	who asks            what is known of Google, Microsoft, and any issuer      provider.go, discover.go
//	sign-in             Begin, then a browser somewhere, then Wait              signin.go, loopback.go, device.go
//	renewal             Renew, and nothing else; who may, decides the caller    grant.go
//	what went wrong     the provider's code in words, and what helps            cause.go
//
// # What must hold
//
//   - A code or a token is in no error, no log and no page. Errors hold what
//     the provider calls the failure, made harmless.
//   - Every request goes over verified TLS, but to this very machine, has an
//     end in time, and reads a bounded answer. No redirect is followed.
//   - An answer to a sign-in counts only with the state that was sent with it,
//     and its code is of use only to who has the verifier.
package oauth
