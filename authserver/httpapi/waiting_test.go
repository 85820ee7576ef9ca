package httpapi_test

// waiting lists what the replay leaves out, so that nothing is left out silently.

// waitingFiles are the recordings of servers that our configuration cannot express yet, or in which no endpoint of ours
// is called, with the number of their exchanges.
var waitingFiles = map[string]struct {
	exchanges int
	reason    string
}{
	"plugin-admin":                      {29, plugins},
	"plugin-anonymous-multisession-ott": {10, plugins},
	"plugin-email-otp":                  {7, plugins},
	"plugin-magic-link":                 {5, plugins},
	"plugin-organization":               {31, plugins},
	"plugin-two-factor":                 {13, plugins},
	"plugin-username":                   {8, plugins},
}

const (
	plugins     = "plugins are not configurable yet"
	setPassword = "setting a first password is a function of the server in Better-Auth, not an endpoint"
)

// waitingPaths are endpoints below /api/auth, or of the recorder's own, that replayed recordings call and we do not
// serve yet. A path that ends in / stands for all below it.
var waitingPaths = map[string]string{
	"/__reference/set-password": setPassword,
}

// recordedFiles and recordedExchanges are all that was recorded.
const (
	recordedFiles     = 52
	recordedExchanges = 694
)
