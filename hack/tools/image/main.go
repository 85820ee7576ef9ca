// Command image writes a container image of one layer from local files, as an archive for `ctr images import`,
// `docker load` and `podman load`. It needs no daemon and no registry, and equal files give an equal archive.
//
//	image --repository docker.io/gatehouse/authserver --entrypoint /authserver --output authserver.tar bin/authserver:/authserver
//
// It prints the reference of the image. Without --tag the tag is made from the content, so that a cluster
// rolls pods exactly when the image has changed.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func main() {
	reference, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "image: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(reference)
}

func run(arguments []string) (string, error) {
	var spec Spec
	flags := flag.NewFlagSet("image", flag.ExitOnError)
	repository := flags.String("repository", "", "name of the image without its tag (required)")
	tag := flags.String("tag", "", "tag; without it, one made from the content")
	output := flags.String("output", "", "the archive to write (required)")
	limit := flags.Int64("max-megabytes", 0, "fail when the files are larger than this; 0 is no limit")
	flags.StringVar(&spec.Entrypoint, "entrypoint", "", "the program to run")
	flags.StringVar(&spec.User, "user", "65532:65532", "uid:gid of the process")
	flags.Var((*list)(&spec.Env), "env", "NAME=value; may be repeated")
	flags.Var((*list)(&spec.Labels), "label", "name=value; may be repeated")
	if err := flags.Parse(arguments); err != nil {
		return "", err
	}
	spec.Files = flags.Args()
	if *repository == "" || *output == "" || len(spec.Files) == 0 {
		return "", fmt.Errorf("--repository, --output and at least one SOURCE:DESTINATION are required")
	}
	return write(spec, *repository, *tag, *output, *limit*1000*1000)
}

func write(spec Spec, repository, tag, output string, limit int64) (string, error) {
	image, size, err := build(spec)
	if err != nil {
		return "", err
	}
	if limit > 0 && size > limit {
		return "", fmt.Errorf("%s has %.1f MB, more than the %d MB it may have: find what grew with "+
			"`go version -m` and `go tool nm -size -sort size`", repository, float64(size)/1e6, limit/1e6)
	}
	if tag == "" {
		digest, err := image.ConfigName()
		if err != nil {
			return "", err
		}
		tag = "content-" + digest.Hex[:12]
	}
	reference, err := name.NewTag(repository+":"+tag, name.StrictValidation)
	if err != nil {
		return "", fmt.Errorf("%w (a full name is needed, such as docker.io/gatehouse/authserver)", err)
	}
	if err := tarball.WriteToFile(output+".new", reference, image); err != nil {
		return "", err
	}
	// String keeps docker.io; Name would say index.docker.io, which the kubelet does not resolve to the same image.
	return reference.String(), os.Rename(output+".new", output)
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(value string) error {
	if !strings.Contains(value, "=") {
		return fmt.Errorf("want name=value")
	}
	*l = append(*l, value)
	return nil
}
