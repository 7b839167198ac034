package oauth

import (
	"context"
	"errors"

	"golang.org/x/oauth2"

	"postroom/desk"
)

// beginDevice asks for a code (RFC 8628 section 3.1).
func (s *SignIn) beginDevice(ctx context.Context) error {
	p := s.request.Provider
	if p.Device == "" {
		return &desk.Error{
			Kind: desk.Invalid, Code: "NO_DEVICE_CODE", Message: orElse(p.noDevice, p.Name+" has no device codes."),
			Hint: "Sign in with a browser: without --device, or with --paste where the browser is on another machine.",
		}
	}
	var err error
	s.device, err = s.config.DeviceAuth(context.WithValue(ctx, oauth2.HTTPClient, s.client))
	if err != nil {
		return s.request.failed(err)
	}
	s.Code, s.URL = s.device.UserCode, s.device.VerificationURI
	return nil
}

// waitDevice asks as often as the provider wants until somebody has typed the
// code in.
func (s *SignIn) waitDevice(ctx context.Context) (*oauth2.Token, error) {
	token, err := s.config.DeviceAccessToken(ctx, s.device)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, s.request.explain(refusal{code: "expired_token"})
	}
	return token, err
}
