package oauth

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
)

// refusal is a failure as a provider calls it (RFC 6749 section 5.2).
type refusal struct {
	status int
	// code is OAuth's own word, entra Microsoft's number after AADSTS, sub
	// what some add.
	code, entra, sub, text string
}

// refusalOf reads the answer to a token request.
func refusalOf(status int, body []byte) refusal {
	var said struct {
		Error   string `json:"error"`
		Text    string `json:"error_description"`
		Sub     string `json:"suberror"`
		Subtype string `json:"error_subtype"`
	}
	_ = json.Unmarshal(body, &said) // what is no JSON has a status at least
	return refused(status, said.Error, orElse(said.Sub, said.Subtype), said.Text)
}

func refused(status int, code, sub, text string) refusal {
	r := refusal{status: status, code: code, sub: sub}
	if _, rest, ok := strings.Cut(text, "AADSTS"); ok {
		if end := strings.IndexFunc(rest, func(c rune) bool { return c < '0' || c > '9' }); end > 0 {
			r.entra = rest[:end]
		}
	}
	// What only Microsoft's own people can look up is left out.
	text, _, _ = strings.Cut(text, "Trace ID:")
	r.text = clip(text)
	return r
}

func clip(text string) string {
	const room = 200
	text = strings.TrimRight(safe.Line(strings.TrimSpace(text)).String(), ".")
	if r := []rune(text); len(r) > room {
		text = string(r[:room]) + "…"
	}
	return text
}

// cause is a failure in our words. In message and hint %[1]s is the provider,
// %[2]s the address, %[3]s the organisation, %[4]s how to sign in again, and
// %[5]s who tries again.
type cause struct {
	kind          desk.Kind
	code          string
	message, hint string
}

const (
	signInAgain  = "Sign in again%[4]s"
	askAdmin     = "Ask an admin of %[3]s, then sign in again%[4]s"
	mendClient   = "An admin of this desk looks at it: postroom oauth set"
	triedAgain   = "%[5]s"
	blocked      = "POLICY"
	signInEnded  = "SIGN_IN_ENDED"
	adminConsent = "ADMIN_CONSENT"
	badClient    = "BAD_CLIENT"
	providerDown = "PROVIDER_DOWN"
)

// entraCauses are Microsoft's numbers
// (learn.microsoft.com/entra/identity-platform/reference-error-codes).
var entraCauses = map[string]cause{
	"65001":   {desk.Denied, adminConsent, "Postroom has no consent in %[3]s.", ""},
	"90094":   {desk.Denied, adminConsent, "Only an admin of %[3]s can allow postroom there.", ""},
	"90093":   {desk.Denied, adminConsent, "Only an admin of %[3]s can allow postroom there.", ""},
	"90095":   {desk.Denied, adminConsent, "An admin of %[3]s has been asked to allow postroom there.", ""},
	"65004":   {desk.Denied, "DECLINED", "%[2]s was not allowed to postroom: the question was answered with no.", signInAgain},
	"50105":   {desk.Denied, blocked, "%[3]s allows postroom to chosen people only, and %[2]s is none of them.", askAdmin},
	"53003":   {desk.Denied, blocked, "A conditional access policy of %[3]s blocks this sign-in.", askAdmin},
	"53000":   {desk.Denied, blocked, "%[3]s wants a managed device for this sign-in.", askAdmin},
	"530003":  {desk.Denied, blocked, "%[3]s wants a managed device for this sign-in.", askAdmin},
	"53001":   {desk.Denied, blocked, "%[3]s wants a managed device for this sign-in.", askAdmin},
	"700016":  {desk.Denied, blocked, "The client of this desk is not known in %[3]s, or was removed there.", askAdmin},
	"7000112": {desk.Denied, blocked, "The client of this desk has been switched off.", askAdmin},
	"500011":  {desk.Denied, blocked, "%[3]s has no mail at Microsoft, or has switched it off.", askAdmin},
	"50034":   {desk.Denied, signInEnded, "There is no user %[2]s in %[3]s any more.", askAdmin},
	"50057":   {desk.Denied, signInEnded, "%[2]s has been switched off in %[3]s.", askAdmin},
	"50076":   {desk.Denied, signInEnded, "%[3]s wants a second factor for %[2]s again.", signInAgain},
	"50079":   {desk.Denied, signInEnded, "%[3]s wants a second factor for %[2]s.", signInAgain},
	"50078":   {desk.Denied, signInEnded, "%[3]s wants a second factor for %[2]s again.", signInAgain},
	"50173":   {desk.Denied, signInEnded, "The password of %[2]s was changed, or its sign-ins were ended.", signInAgain},
	"70008":   {desk.Denied, signInEnded, "The sign-in of %[2]s has expired.", signInAgain},
	"700082":  {desk.Denied, signInEnded, "The sign-in of %[2]s has expired: it was not used for too long.", signInAgain},
	"700084":  {desk.Denied, signInEnded, "The sign-in of %[2]s has expired.", signInAgain},
	"70043":   {desk.Denied, signInEnded, "%[3]s lets sign-ins last for some time only, and that of %[2]s has ended.", signInAgain},
	"50011":   {desk.Denied, badClient, "The client of this desk does not allow http://localhost as its redirect address.", mendClient},
	"500113":  {desk.Denied, badClient, "The client of this desk has no redirect address.", mendClient},
	"7000215": {desk.Denied, badClient, "The client secret of this desk is wrong.", mendClient},
	"7000218": {desk.Denied, badClient, "The client of this desk wants a secret, or is not marked as public.", mendClient},
	"7000222": {desk.Denied, badClient, "The client secret of this desk has expired.", mendClient},
	"700025":  {desk.Denied, badClient, "The client of this desk is public and has no secret.", mendClient},
	"90002":   {desk.Denied, badClient, "There is no organisation %[3]s at Microsoft.", mendClient},
	"50020":   {desk.Denied, badClient, "%[2]s belongs to another organisation than the client of this desk allows.", mendClient},
}

// oauthCauses are the words of RFC 6749 5.2 and 4.1.2.1 and RFC 8628 3.5, and
// those of Google (developers.google.com/identity/protocols/oauth2).
var oauthCauses = map[string]cause{
	"admin_policy_enforced":   {desk.Denied, blocked, "A policy of %[3]s does not allow postroom to %[2]s.", "Ask its Google Workspace admin to trust the client of this desk (Security, API controls), then sign in again%[4]s"},
	"policy_enforced":         {desk.Denied, blocked, "%[2]s is in Google's Advanced Protection, which allows no other mail programs.", askAdmin},
	"org_internal":            {desk.Denied, blocked, "The client of this desk is for another organisation than that of %[2]s.", mendClient},
	"invalid_rapt":            {desk.Denied, signInEnded, "%[3]s wants %[2]s to sign in anew from time to time.", signInAgain},
	"invalid_grant":           {desk.Denied, signInEnded, "%[1]s has ended the sign-in of %[2]s: it has expired or was taken back.", signInAgain},
	"interaction_required":    {desk.Denied, signInEnded, "%[1]s wants to see %[2]s in person again.", signInAgain},
	"login_required":          {desk.Denied, signInEnded, "%[1]s wants to see %[2]s in person again.", signInAgain},
	"consent_required":        {desk.Denied, adminConsent, "Postroom has no consent in %[3]s.", ""},
	"access_denied":           {desk.Denied, "DECLINED", "%[2]s was not allowed to postroom: the question was answered with no.", signInAgain},
	"expired_token":           {desk.Denied, "SIGN_IN_TIME", "The code has expired before somebody typed it in.", "Begin again."},
	"invalid_client":          {desk.Denied, badClient, "%[1]s does not know the client of this desk, or its secret is wrong.", mendClient},
	"deleted_client":          {desk.Denied, badClient, "The client of this desk was deleted at %[1]s.", mendClient},
	"disabled_client":         {desk.Denied, badClient, "The client of this desk was switched off at %[1]s.", mendClient},
	"unauthorized_client":     {desk.Denied, badClient, "%[1]s does not allow the client of this desk to sign people in this way.", mendClient},
	"redirect_uri_mismatch":   {desk.Denied, badClient, "The client of this desk does not allow a redirect to this machine; it has to be one for desktop apps.", mendClient},
	"unsupported_grant_type":  {desk.Denied, badClient, "%[1]s does not allow the client of this desk to sign people in this way.", mendClient},
	"invalid_scope":           {desk.Denied, badClient, "%[1]s does not know what the client of this desk asks for.", mendClient},
	"server_error":            {desk.Offline, providerDown, "%[1]s cannot sign anybody in at the moment.", triedAgain},
	"temporarily_unavailable": {desk.Offline, providerDown, "%[1]s cannot sign anybody in at the moment.", triedAgain},
	"rate_limit_exceeded":     {desk.Offline, providerDown, "%[1]s was asked too often.", triedAgain},
	"slow_down":               {desk.Offline, providerDown, "%[1]s was asked too often.", triedAgain},
}

// again is the end of a hint to sign in again, with the command for it where
// the account is connected already.
func (q Request) again() string {
	if q.Account == "" {
		return "."
	}
	return ": postroom account reauth " + q.Account
}

// retry says whether somebody has to try again.
func (q Request) retry() string {
	if q.renewing {
		return "Nothing to do: it is tried again."
	}
	return byHand
}

const byHand = "Try again in a while."

// explain puts a refusal in words.
func (q Request) explain(r refusal) error {
	p, address := q.Provider, q.Address
	why, known := entraCauses[r.entra]
	if !known && r.sub != "" {
		why, known = oauthCauses[r.sub]
	}
	if !known {
		why, known = oauthCauses[r.code]
	}
	switch {
	case known:
	case r.status == http.StatusTooManyRequests || r.status >= 500 || r.status == http.StatusRequestTimeout:
		why = cause{desk.Offline, providerDown, "%[1]s cannot sign anybody in at the moment.", triedAgain}
	default:
		why = cause{desk.Offline, "SIGN_IN_REFUSED", "%[1]s refuses to sign %[2]s in.", "%[5]s If it stays, sign in again%[4]s"}
	}
	e := &desk.Error{Kind: why.kind, Code: why.code, Err: r}
	words := func(form string) string {
		if !strings.Contains(form, "%[") {
			return form
		}
		return fmt.Sprintf(form, p.Name, safe.Line(address), safe.Line(p.organisation(address)), q.again(), q.retry())
	}
	e.Message = words(why.message)
	if e.Hint = words(why.hint); why.code == adminConsent {
		e.Hint = q.consentHint()
	}
	if said := r.said(); said != "" {
		e.Message = strings.TrimSuffix(e.Message, ".") + " (it says: " + said + ")."
	}
	return e
}

// consentHint is what an admin of the organisation has to do. The account goes
// on by itself when it is done.
func (q Request) consentHint() string {
	p := q.Provider
	if page := p.consentURL(q.Client.ID, q.Address); page != "" {
		return "An admin of " + p.organisation(q.Address) + " allows it at " + page + " ; then sign in again" + q.again()
	}
	return "An admin of " + p.organisation(q.Address) + " has to allow it at " + p.Name + "; then sign in again" + q.again()
}

// said is the provider's own word, for whoever looks it up.
func (r refusal) said() string {
	switch {
	case r.entra != "":
		return "AADSTS" + r.entra
	case r.code != "" && r.text != "":
		return clip(r.code) + ", " + r.text
	case r.code != "":
		return clip(r.code)
	case r.status != 0:
		return fmt.Sprintf("status %d", r.status)
	}
	return ""
}

// Error is what a developer would want.
func (r refusal) Error() string {
	return fmt.Sprintf("the provider says %d %s AADSTS%s %s", r.status, clip(r.code), r.entra, r.text)
}

// Lost reports whether the provider may have given new tokens of which nobody
// knows: the request went out, and no answer came.
func Lost(err error) bool {
	var r refusal
	var op *net.OpError
	return err != nil && !errors.As(err, &r) && !(errors.As(err, &op) && op.Op == "dial")
}
