package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"

	"golang.org/x/crypto/scrypt"
	"golang.org/x/sync/errgroup"
)

// hash says how many hashes a second this machine makes, one at a time on each processor.
func hash(length time.Duration, output io.Writer) error {
	var workers errgroup.Group
	rates := make([]float64, runtime.GOMAXPROCS(0))
	for worker := range rates {
		workers.Go(func() error {
			start, hashes := time.Now(), 0
			for time.Since(start) < length {
				if _, err := scrypt.Key([]byte("correct horse battery staple"), fmt.Appendf(nil, "%d-%d", worker, hashes), 16384, 16, 1, 64); err != nil {
					return err
				}
				hashes++
			}
			rates[worker] = float64(hashes) / time.Since(start).Seconds()
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return err
	}
	all := 0.0
	for _, rate := range rates {
		all += rate
	}
	return json.NewEncoder(output).Encode(map[string]float64{"hashesPerSecond": all})
}
