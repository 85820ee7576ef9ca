package main

import (
	"runtime"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// Spec is what goes into an image.
type Spec struct {
	// Files are SOURCE:DESTINATION; a directory is copied with all that is in it, a symbolic link as what it points to.
	Files []string
	// Entrypoint is the absolute path of the program; it gets the arguments of the container.
	Entrypoint string
	// User is uid:gid.
	User string
	// Env and Labels are name=value.
	Env, Labels []string
}

// build makes the image and says how large its files are in bytes.
func build(spec Spec) (v1.Image, int64, error) {
	layer, size, err := fileLayer(spec.Files)
	if err != nil {
		return nil, 0, err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, 0, err
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, 0, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture = "linux", runtime.GOARCH
	file.Created = v1.Time{Time: time.Unix(0, 0).UTC()}
	file.Config = v1.Config{
		User:       spec.User,
		Env:        append([]string{"PATH=/usr/local/bin:/usr/bin:/bin"}, spec.Env...),
		WorkingDir: "/",
		Labels:     labels(spec.Labels),
	}
	if spec.Entrypoint != "" {
		file.Config.Entrypoint = []string{spec.Entrypoint}
	}
	image, err = mutate.ConfigFile(image, file)
	return image, size, err
}

func labels(pairs []string) map[string]string {
	labels := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		labels[key] = value
	}
	return labels
}
