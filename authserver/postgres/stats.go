package postgres

// Stats is the state of the connection pool.
type Stats struct {
	InUse, Idle, Limit int32
	// Waits counts the requests that had to wait for a connection.
	Waits int64
}

// Stats returns the state of the pool now.
func (s *Store) Stats() Stats {
	stat := s.pool.Stat()
	return Stats{InUse: stat.AcquiredConns(), Idle: stat.IdleConns(), Limit: stat.MaxConns(), Waits: stat.EmptyAcquireCount()}
}
