// Package ecma has the values of request bodies as JavaScript's JSON.parse reads them, and writes answers as
// JSON.stringify does, because clients and databases of Better-Auth were made by JavaScript.
//
// It owns: the parser (last duplicate key wins, bounded depth, broken UTF-8 replaced), the type words of
// validation messages, number and date texts, and append-style encoders that need no reflection.
// It does not own schemas (package inputs) or what a value means for a column (package fields).
//
//	bytes ──► Parse ──► Value ──► inputs, fields
//	answer ──► Append, AppendString, AppendNumber, AppendTime ──► bytes
package ecma
