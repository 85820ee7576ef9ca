package plugin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	typed "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// LogOptions say which lines of logs to show.
type LogOptions struct {
	// Migration shows the pods of migrations instead of those that serve.
	Migration bool
	// Since leaves out what is older; 0 shows all.
	Since time.Duration
	// Tail is how many lines of each pod to show; less than 0 is all.
	Tail int64
}

func (o LogOptions) of(follow bool) *corev1.PodLogOptions {
	options := &corev1.PodLogOptions{Container: resources.ContainerName, Follow: follow, Timestamps: !follow}
	if o.Since > 0 {
		options.SinceSeconds = ptr.To(max(int64(o.Since.Seconds()), 1))
	}
	if o.Tail >= 0 {
		options.TailLines = ptr.To(o.Tail)
	}
	return options
}

// line is one of a log, and when it was written.
type line struct {
	at        time.Time
	pod, text string
}

// Logs writes what the pods have logged, in the order of time, and to notes about pods without a log.
func (c *Cluster) Logs(ctx context.Context, auth *v1alpha1.AuthService, options LogOptions, w, notes io.Writer) error {
	pods, _, err := c.pods(ctx, auth, podSelector(auth, options.Migration))
	if err != nil {
		return err
	}
	if len(pods) == 0 {
		return errors.New("there are no such pods; see kubectl gatehouse status " + auth.Name)
	}
	var lines []line
	failed := 0
	for i := range pods {
		found, err := c.read(ctx, &pods[i], options)
		if err != nil {
			fmt.Fprintf(notes, "[%s] no log: %v\n", pods[i].Name, Explain(err))
			failed++
		}
		lines = append(lines, found...)
	}
	if failed == len(pods) {
		return errors.New("none of the pods has a log to show; see kubectl gatehouse status " + auth.Name)
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	for _, line := range lines {
		if _, err := fmt.Fprintf(w, "[%s] %s\n", line.pod, line.text); err != nil {
			return err
		}
	}
	return nil
}

// read takes what does not begin with a time, in the zone of the node, for the rest of what is before it.
func (c *Cluster) read(ctx context.Context, pod *corev1.Pod, options LogOptions) ([]line, error) {
	stream, err := c.open(ctx, pod, options.of(false))
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var lines []line
	var at time.Time
	err = eachLine(stream, func(text string) error {
		first, rest, _ := strings.Cut(text, " ")
		if written, err := time.Parse(time.RFC3339Nano, first); err == nil {
			at, text = written, rest
		}
		lines = append(lines, line{at, pod.Name, text})
		return nil
	})
	return lines, err
}

func (c *Cluster) open(ctx context.Context, pod *corev1.Pod, options *corev1.PodLogOptions) (io.ReadCloser, error) {
	pods, err := typed.NewForConfig(c.Config)
	if err != nil {
		return nil, err
	}
	return pods.Pods(pod.Namespace).GetLogs(pod.Name, options).Stream(ctx)
}

// eachLine cuts lines that are longer than its buffer into several.
func eachLine(r io.Reader, use func(string) error) error {
	reader := bufio.NewReaderSize(r, 64<<10)
	for {
		text, _, err := reader.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := use(string(text)); err != nil {
			return err
		}
	}
}
