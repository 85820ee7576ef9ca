package resources

import (
	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// What a status holds of a plan at most: statements or notes, and bytes of all their texts. The rest is in the log of the Job.
const (
	maxPlanned      = 40
	maxPlannedBytes = 16 << 10
)

// plan of a report; nil when it has none that can be read.
func plan(packed string) *v1alpha1.MigrationPlan {
	reported, err := config.UnpackPlan(packed)
	if err != nil {
		return nil
	}
	made := &v1alpha1.MigrationPlan{Hash: reported.Hash, Count: int32(reported.Count)} //nolint:gosec // UnpackPlan bounds it
	room := maxPlannedBytes
	for i, statement := range reported.Statements {
		room -= len(statement.Reason) + len(statement.Lock) + len(statement.SQL)
		if i == maxPlanned || room < 0 {
			return made
		}
		made.Statements = append(made.Statements, v1alpha1.PlannedStatement{
			Reason: OneLine(statement.Reason), Lock: OneLine(statement.Lock), SQL: withoutCredentials(statement.SQL),
		})
	}
	for i, note := range reported.Notes {
		if room -= len(note); i == maxPlanned || room < 0 {
			return made
		}
		made.Notes = append(made.Notes, OneLine(note))
	}
	return made
}
