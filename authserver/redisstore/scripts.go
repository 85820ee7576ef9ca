package redisstore

import (
	"context"
	"embed"

	"github.com/redis/go-redis/v9"
)

//go:embed scripts/*.lua
var files embed.FS

// The scripts, each atomic and in one round trip: Redis remembers them by their hash.
var (
	findScript   = load("find")
	storeScript  = load("store")
	deleteScript = load("delete")
	revokeScript = load("revoke")
	listScript   = load("list")
	swapScript   = load("swap")
	hitScript    = load("hit")
)

func load(name string) *redis.Script {
	prelude, err := files.ReadFile("scripts/prelude.lua")
	if err != nil {
		panic(err) // it is in the binary
	}
	body, err := files.ReadFile("scripts/" + name + ".lua")
	if err != nil {
		panic(err) // likewise
	}
	return redis.NewScript(string(prelude) + string(body))
}

func (s *Store) run(ctx context.Context, script *redis.Script, keys []string, arguments ...any) *redis.Cmd {
	return script.Run(ctx, s.client, keys, arguments...)
}
