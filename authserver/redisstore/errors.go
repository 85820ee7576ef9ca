package redisstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// notNow begin the answers of a Redis that cannot serve us at the moment, or not before its configuration is repaired.
var notNow = []string{
	"LOADING", "READONLY", "MASTERDOWN", "BUSY", "OOM", "TRYAGAIN", "CLUSTERDOWN", "NOREPLICAS", "MISCONF", "UNKILLABLE",
	"NOAUTH", "WRONGPASS", "NOPERM", "ERR max number of clients",
}

// translate names what was attempted and turns what Redis and the connection say into the errors of package authserver.
func translate(action string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, redis.Nil) {
		return authserver.ErrNotFound
	}
	if unavailable(err) {
		return fmt.Errorf("%s: %w: Redis: %w", action, authserver.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: Redis: %w", action, err)
}

// unavailable says whether a later attempt may succeed. What is no answer of Redis is a failure of the connection.
func unavailable(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var answer redis.Error
	if !errors.As(err, &answer) {
		return true
	}
	for _, prefix := range notNow {
		if redis.HasErrorPrefix(err, prefix) {
			return true
		}
	}
	return false
}
