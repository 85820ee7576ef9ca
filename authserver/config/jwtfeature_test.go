package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func TestFeaturesAreOffUntilTheyAreNamed(t *testing.T) {
	for file, want := range map[string]config.Features{
		`{}`:                          {},
		`features: {}`:                {},
		`features: {jwt: , bearer: }`: {},
		`features: {bearer: {}}`:      {Bearer: &config.Bearer{}},
		`features: {openAPI: {}}`:     {OpenAPI: &config.OpenAPI{}},
		`{baseURL: "https://a.example.com/", features: {jwt: {}}}`: {JWT: &config.JWTFeature{
			Algorithm: "EdDSA", TTL: hours(0.25), Issuer: "https://a.example.com", Audience: "https://a.example.com", PublishAhead: hours(1), GracePeriod: hours(720),
		}},
		`features: {jwt: {algorithm: RS256, ttl: 1h, issuer: i, audience: a, rotationInterval: 24h, publishAhead: 2h, gracePeriod: 3h, disableSettingHeader: true}}`: {
			JWT: &config.JWTFeature{
				Algorithm: "RS256", TTL: hours(1), Issuer: "i", Audience: "a", RotationInterval: hours(24), PublishAhead: hours(2), GracePeriod: hours(3),
				DisableSettingHeader: true,
			},
		},
	} {
		cfg, err := config.Load(write(t, file), environment{}.get)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, cfg.Features); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func hours(h float64) config.Duration {
	return config.Duration{Duration: time.Duration(h * float64(time.Hour))}
}

func TestProblemsOfFeatures(t *testing.T) {
	for file, want := range map[string]string{
		`features: {jwks: {}}`:                                                      "features.jwks: unknown key (line 1); the keys here are bearer, jwt, openAPI",
		`features: {jwt: {algorithm: HS256}}`:                                       `features.jwt.algorithm: "HS256" must be EdDSA, ES256 or RS256`,
		`features: {jwt: {ttl: 1ms}}`:                                               "features.jwt.ttl: 1ms must be from 1s to 87600h",
		`features: {jwt: {issuer: "a\tb"}}`:                                         `features.jwt.issuer: "a\tb" must be at most 256 characters without control characters`,
		`features: {jwt: {audience: "a\tb"}}`:                                       `features.jwt.audience: "a\tb" must be at most 256 characters without control characters`,
		`features: {jwt: {publishAhead: -1s}}`:                                      "features.jwt.publishAhead: -1s must be from 1s to 87600h",
		`features: {jwt: {rotationInterval: -1h}}`:                                  "features.jwt.rotationInterval: -1h0m0s must be from 1s to 87600h",
		`features: {jwt: {rotationInterval: 6h}}`:                                   "features.jwt.rotationInterval: 6h0m0s would publish more than 100 keys; make it at least 7h12m0s, or gracePeriod shorter",
		`features: {jwt: {rotationInterval: 30m, gracePeriod: 2h}}`:                 "features.jwt.rotationInterval: 30m0s must be at least publishAhead (1h0m0s): the next key is published while this one signs",
		`features: {jwt: {gracePeriod: 1h}}`:                                        "features.jwt.gracePeriod: 1h0m0s must be at least ttl and publishAhead together (1h15m0s): until then somebody may hold a token of the key",
		`features: {jwt: {ttl: 80000h, publishAhead: 80000h, gracePeriod: 87600h}}`: "features.jwt.gracePeriod: 87600h0m0s must be at least ttl and publishAhead together (160000h0m0s): until then somebody may hold a token of the key",
		`{features: {jwt: {}}, customFields: [{name: exp, type: number}]}`:          `customFields[0].name: "exp" is a claim of the tokens of features.jwt, which carry the user's fields; choose another name`,
		`features: {bearer: {requireSignature: 1}}`:                                 `features.bearer.requireSignature: must be true or false, is "1"`,
	} {
		_, err := config.Load(write(t, file), environment{}.get)
		if err == nil {
			t.Errorf("%s: accepted", file)
		} else if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}
