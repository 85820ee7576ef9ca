package report_test

import (
	"runtime"
	"testing"

	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

func TestThisMachine(t *testing.T) {
	t.Parallel()
	machine, err := report.ThisMachine()
	if err != nil {
		t.Fatal(err)
	}
	if machine.Processors != runtime.NumCPU() || machine.Model == "" || machine.Memory < 1<<20 || machine.Kernel == "" {
		t.Errorf("this machine is %+v", machine)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	machine := report.Machine{Processors: 2, Model: "Model T", Memory: 24 << 30, Kernel: "6.1.0"}
	if got, want := machine.Line("Go 1.26", "Node 20"), "2 × Model T, 24 GiB, Linux 6.1.0; Go 1.26; Node 20"; got != want {
		t.Errorf("the line is %q, want %q", got, want)
	}
}
