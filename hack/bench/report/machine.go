package report

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Machine is what figures depend on.
type Machine struct {
	Processors int    `json:"processors"`
	Model      string `json:"model"`
	// Memory is in bytes.
	Memory int64  `json:"memory"`
	Kernel string `json:"kernel"`
}

var (
	modelName = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)
	memTotal  = regexp.MustCompile(`(?m)^MemTotal:\s*(\d+) kB$`)
)

// ThisMachine describes the Linux machine that this process runs on.
func ThisMachine() (Machine, error) {
	processors, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return Machine{}, err
	}
	memory, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return Machine{}, err
	}
	var system syscall.Utsname
	if err := syscall.Uname(&system); err != nil {
		return Machine{}, err
	}
	machine := Machine{Processors: runtime.NumCPU(), Model: "unknown model", Kernel: released(system.Release[:])}
	if found := modelName.FindSubmatch(processors); found != nil {
		machine.Model = string(bytes.TrimSpace(found[1]))
	}
	if found := memTotal.FindSubmatch(memory); found != nil {
		kibibytes, err := strconv.ParseInt(string(found[1]), 10, 64)
		if err != nil {
			return Machine{}, err
		}
		machine.Memory = kibibytes << 10
	}
	return machine, nil
}

// released is the text of a field of utsname, whose element type differs between architectures.
func released[T int8 | uint8](field []T) string {
	var text strings.Builder
	for _, character := range field {
		if character == 0 {
			break
		}
		text.WriteByte(byte(character))
	}
	return text.String()
}

// Line is the machine in one line, with the versions of what ran on it.
func (m Machine) Line(versions ...string) string {
	machine := fmt.Sprintf("%d × %s, %.0f GiB, Linux %s", m.Processors, m.Model, float64(m.Memory)/(1<<30), m.Kernel)
	return strings.Join(append([]string{machine}, versions...), "; ")
}
