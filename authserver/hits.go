package authserver

import "time"

// Hits are requests that are counted together. Key names who made them and on which path.
type Hits struct {
	Key   string
	Count int
	// Last is when the last of them was made.
	Last time.Time
}
