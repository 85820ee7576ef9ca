package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

func TestABusyServerSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	a := &api{Options: Options{Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: time.Now}}
	recorder := httptest.NewRecorder()
	x := &exchange{ResponseWriter: recorder, id: "an-id"}
	request := httptest.NewRequest(http.MethodPost, "/api/auth/sign-in/email", nil)
	a.logged(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		a.fail(x, r, fmt.Errorf("waiting for a turn to hash: %w", authserver.ErrBusy))
	})).ServeHTTP(x, request.WithContext(context.WithValue(t.Context(), exchangeKey{}, x)))

	const body = `{"message":"Service temporarily unavailable. Please try again later.","code":"SERVICE_UNAVAILABLE"}`
	if recorder.Code != http.StatusServiceUnavailable || recorder.Header().Get("Retry-After") != retrySeconds || recorder.Body.String() != body {
		t.Errorf("%d %v %s", recorder.Code, recorder.Header(), recorder.Body)
	}
	if line := log.String(); !strings.Contains(line, `"level":"WARN"`) || !strings.Contains(line, authserver.ErrBusy.Error()) {
		t.Errorf("the log has %s", line)
	}
}
