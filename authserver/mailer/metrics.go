package mailer

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Metrics are what monitoring sees of the mail.
type Metrics struct {
	mails *prometheus.CounterVec
	queue prometheus.Gauge
	age   prometheus.Gauge
}

// NewMetrics registers the metrics.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatehouse_mails_total",
			Help: "Attempts to send a mail by kind and outcome: sent, failed (tried again), refused (by the server, for good), expired, template, undecryptable.",
		}, []string{"kind", "outcome"}),
		queue: prometheus.NewGauge(prometheus.GaugeOpts{Name: "gatehouse_outbox_mails", Help: "Mails that wait in the outbox."}),
		age:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "gatehouse_outbox_age_seconds", Help: "How long the oldest mail in the outbox has been waiting."}),
	}
	registry.MustRegister(m.mails, m.queue, m.age)
	return m
}

func (m *Metrics) sent(kind authserver.MailKind, outcome string) {
	m.mails.WithLabelValues(string(kind), outcome).Inc()
}

func (m *Metrics) waiting(count int, oldest, now time.Time) {
	age := 0.0
	if !oldest.IsZero() {
		age = max(0, now.Sub(oldest).Seconds())
	}
	m.queue.Set(float64(count))
	m.age.Set(age)
}
