// Package tools is about the scripts of this directory, which it tests: step.sh shows the progress of everything that
// make does. The pinned tools themselves are in tools.mk; each that would pollute the module's dependencies has a
// module of its own here.
package tools
