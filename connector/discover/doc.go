// Package discover finds the mail servers of an address (F7, S135).
//
//	the table in this program      asks nobody                              providers.go
//	→ the domain's own page        https://autoconfig.DOMAIN/… and          autoconfig.go
//	                               https://DOMAIN/.well-known/autoconfig/…
//	→ SRV records of the domain    RFC 6186, RFC 8314; hosts of the domain  dns.go
//	                               itself or of a provider in the table
//	→ MX records of the domain     lead into the table and nowhere else     dns.go
//	→ the public list (ISPDB)      of the makers of Thunderbird             autoconfig.go
//	→ SRV records elsewhere        told, never taken without a look
//
// The order is how hard a source is to forge. A page comes over verified TLS;
// DNS anybody on the way can write (RFC 6186, 6), so what it says by itself is
// believed only where it cannot lead to a stranger.
//
// What must hold:
//
//   - Nobody gets the address: a question holds the domain, never who writes.
//   - A server without TLS is never among the results.
//   - Each source has a deadline, a page a byte budget, and a page that is
//     fetched cannot lead to one without TLS.
//   - A source that fails or lies stops no other.
package discover
