package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// fileLayer is not compressed: the archive only moves within one machine, where compressing costs more than it saves.
func fileLayer(files []string) (v1.Layer, int64, error) {
	var content bytes.Buffer
	writer := layerWriter{tar: tar.NewWriter(&content), directories: map[string]bool{}}
	for _, file := range slices.Sorted(slices.Values(files)) {
		source, destination, ok := strings.Cut(file, ":")
		if !ok || !path.IsAbs(destination) {
			return nil, 0, fmt.Errorf("%q is not SOURCE:/DESTINATION", file)
		}
		if err := writer.add(source, path.Clean(destination)); err != nil {
			return nil, 0, err
		}
	}
	if err := writer.tar.Close(); err != nil {
		return nil, 0, err
	}
	return static.NewLayer(content.Bytes(), types.DockerUncompressedLayer), writer.size, nil
}

// layerWriter forgets owner and time of files, so that equal content gives equal layers.
type layerWriter struct {
	tar         *tar.Writer
	directories map[string]bool
	size        int64
}

func (w *layerWriter) add(source, destination string) error {
	source, err := filepath.EvalSymlinks(source)
	if err != nil {
		return err
	}
	return filepath.WalkDir(source, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(source, name)
		if err != nil {
			return err
		}
		target := path.Join(destination, filepath.ToSlash(relative))
		if entry.IsDir() {
			return w.directory(target)
		}
		return w.file(name, target)
	})
}

func (w *layerWriter) directory(name string) error {
	if name == "/" || w.directories[name] {
		return nil
	}
	if err := w.directory(path.Dir(name)); err != nil {
		return err
	}
	w.directories[name] = true
	return w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name[1:] + "/", Mode: 0o755, ModTime: time.Unix(0, 0)})
}

func (w *layerWriter) file(source, destination string) error {
	if err := w.directory(path.Dir(destination)); err != nil {
		return err
	}
	file, err := os.Open(source)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: destination[1:], Size: info.Size(), ModTime: time.Unix(0, 0), Mode: 0o644}
	if info.Mode()&0o111 != 0 {
		header.Mode = 0o755
	}
	if err := w.tar.WriteHeader(header); err != nil {
		return err
	}
	w.size += info.Size()
	_, err = io.Copy(w.tar, file)
	return err
}
