package server

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore"
)

func registerMetrics(registry *prometheus.Registry, stores *stores, hasher *passhash.Hasher) {
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "gatehouse_password_hashes",
			Help: "Passwords that are being hashed or wait for their turn.",
		}, func() float64 { return float64(hasher.Queued()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "gatehouse_password_hashes_refused_total",
			Help: "Passwords that were not hashed because too many were waiting, or waited too long.",
		}, func() float64 { return float64(hasher.Refused()) }),
		pool{stores.database},
	)
	if stores.redis != nil {
		registry.MustRegister(redisPool{stores.redis})
	}
}

// pool collects the state of the connection pool.
type pool struct{ store *postgres.Store }

var (
	poolConnections = prometheus.NewDesc("gatehouse_database_connections", "Connections of the pool by state.", []string{"state"}, nil)
	poolLimit       = prometheus.NewDesc("gatehouse_database_connections_limit", "The most connections the pool may have.", nil, nil)
	poolWaits       = prometheus.NewDesc("gatehouse_database_waits_total", "Requests that had to wait for a connection.", nil, nil)
)

// Describe implements prometheus.Collector.
func (pool) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- poolConnections
	descriptions <- poolLimit
	descriptions <- poolWaits
}

// Collect implements prometheus.Collector.
func (p pool) Collect(metrics chan<- prometheus.Metric) {
	stats := p.store.Stats()
	metrics <- prometheus.MustNewConstMetric(poolConnections, prometheus.GaugeValue, float64(stats.InUse), "in_use")
	metrics <- prometheus.MustNewConstMetric(poolConnections, prometheus.GaugeValue, float64(stats.Idle), "idle")
	metrics <- prometheus.MustNewConstMetric(poolLimit, prometheus.GaugeValue, float64(stats.Limit))
	metrics <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(stats.Waits))
}

// redisPool collects the state of the connections to Redis.
type redisPool struct{ store *redisstore.Store }

var (
	redisConnections = prometheus.NewDesc("gatehouse_redis_connections", "Connections to Redis by state.", []string{"state"}, nil)
	redisTimeouts    = prometheus.NewDesc("gatehouse_redis_timeouts_total", "Requests that waited for a connection to Redis in vain.", nil, nil)
)

// Describe implements prometheus.Collector.
func (redisPool) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- redisConnections
	descriptions <- redisTimeouts
}

// Collect implements prometheus.Collector.
func (p redisPool) Collect(metrics chan<- prometheus.Metric) {
	stats := p.store.Stats()
	metrics <- prometheus.MustNewConstMetric(redisConnections, prometheus.GaugeValue, float64(stats.InUse), "in_use")
	metrics <- prometheus.MustNewConstMetric(redisConnections, prometheus.GaugeValue, float64(stats.Idle), "idle")
	metrics <- prometheus.MustNewConstMetric(redisTimeouts, prometheus.CounterValue, float64(stats.Timeouts))
}
