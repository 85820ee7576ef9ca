package check

import (
	"context"
	"errors"
	"time"
)

// step is one thing to try. It returns what it saw, or skipped, or a failure, or any other error.
type step struct {
	name string
	try  func(context.Context) (detail string, err error)
	// essential steps are needed by all that follow.
	essential bool
}

// Run checks the server and calls observe with each step as it ends. The error is about the options only; what is
// wrong with the server is in the report.
func Run(ctx context.Context, options Options, observe func(Step)) (Report, error) {
	plan, err := options.plan()
	if err != nil {
		return Report{}, err
	}
	visit, err := newVisit(plan)
	if err != nil {
		return Report{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, plan.Timeout)
	defer cancel()

	begin := plan.Now()
	report := Report{BaseURL: plan.base.String(), BasePath: plan.BasePath, Email: plan.Email, Passed: true}
	blocked := ""
	for _, step := range visit.steps() {
		ended := Step{Name: step.name, Result: Skipped, Detail: "not tried: " + blocked + " failed"}
		if blocked == "" {
			ended = step.run(ctx, plan.Now)
		}
		if ended.Result == Failed {
			report.Passed = false
			if step.essential {
				blocked = step.name
			}
		}
		report.Steps = append(report.Steps, ended)
		observe(ended)
	}
	report.Milliseconds = plan.Now().Sub(begin).Milliseconds()
	return report, nil
}

func (s step) run(ctx context.Context, now func() time.Time) Step {
	begin := now()
	detail, err := s.try(ctx)
	ended := Step{Name: s.name, Result: Passed, Milliseconds: now().Sub(begin).Milliseconds(), Detail: detail}
	var skip skipped
	var fail *StepError
	switch {
	case err == nil:
	case errors.As(err, &skip):
		ended.Result, ended.Detail = Skipped, string(skip)
	case errors.As(err, &fail):
		ended.Result, ended.Reason, ended.Fix = Failed, fail.Reason, fail.Fix
	default:
		ended.Result, ended.Reason = Failed, err.Error()
	}
	return ended
}
