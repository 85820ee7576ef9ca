package ecma

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strconv"
)

// Kind is the type of a Value.
type Kind uint8

// The kinds of values; the zero Value is Undefined.
const (
	Undefined Kind = iota
	Null
	Boolean
	Number
	String
	Array
	Object
)

// String returns the type word of validation messages.
func (k Kind) String() string {
	return [...]string{"undefined", "null", "boolean", "number", "string", "array", "object"}[k]
}

// Value is a JSON value, or Undefined.
type Value struct {
	kind  Kind
	truth bool
	num   float64
	text  string
	// items are the elements of an array, or the member values of an object beside keys.
	items []Value
	keys  []string
}

// StringValue returns a string.
func StringValue(text string) Value { return Value{kind: String, text: text} }

// BooleanValue returns a boolean.
func BooleanValue(truth bool) Value { return Value{kind: Boolean, truth: truth} }

// ArrayValue returns an array.
func ArrayValue(items []Value) Value { return Value{kind: Array, items: items} }

// ObjectValue returns an object; of equal keys the last wins.
func ObjectValue(keys []string, values []Value) Value {
	object := Value{kind: Object}
	for i, key := range keys {
		object.set(key, values[i])
	}
	return object
}

// Kind returns the type of the value.
func (v Value) Kind() Kind { return v.kind }

// Items returns the elements of an array, none of any other value.
func (v Value) Items() []Value {
	if v.kind != Array {
		return nil
	}
	return v.items
}

// Text returns the text of a string, "" of any other value.
func (v Value) Text() string { return v.text }

// Float returns the number, 0 of any other value.
func (v Value) Float() float64 { return v.num }

// Bool returns the truth of a boolean, false of any other value.
func (v Value) Bool() bool { return v.truth }

// Get returns the member of an object, Undefined when there is none or v is no object.
func (v Value) Get(key string) Value {
	if v.kind != Object {
		return Value{}
	}
	for i, k := range v.keys {
		if k == key {
			return v.items[i]
		}
	}
	return Value{}
}

// With returns the object with the member set: in its place when there was one, else at the end. A value that is no object
// stays what it is.
func (v Value) With(key string, member Value) Value {
	if v.kind != Object {
		return v
	}
	v.keys, v.items = slices.Clone(v.keys), slices.Clone(v.items)
	v.set(key, member)
	return v
}

// Members are the members of an object in their order; other values have none.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i, key := range v.keys {
			if !yield(key, v.items[i]) {
				return
			}
		}
	}
}

// Truthy says whether JavaScript's if would take the value.
func (v Value) Truthy() bool {
	switch v.kind {
	case Undefined, Null:
		return false
	case Boolean:
		return v.truth
	case Number:
		return v.num != 0
	case String:
		return v.text != ""
	default:
		return true
	}
}

// HasText says whether the value, or a key or value inside it, contains the byte, which must be ASCII.
func (v Value) HasText(b byte) bool {
	if containsByte(v.text, b) {
		return true
	}
	for _, key := range v.keys {
		if containsByte(key, b) {
			return true
		}
	}
	for _, item := range v.items {
		if item.HasText(b) {
			return true
		}
	}
	return false
}

func containsByte(text string, b byte) bool {
	for i := range len(text) {
		if text[i] == b {
			return true
		}
	}
	return false
}

func (v *Value) set(key string, member Value) {
	for i, k := range v.keys {
		if k == key {
			v.items[i] = member
			return
		}
	}
	v.keys = append(v.keys, key)
	v.items = append(v.items, member)
}

// orderIndexes puts the keys that are array indexes first, by number, as JavaScript has them: Better-Auth verifies what it
// wrote in that order.
func (v *Value) orderIndexes() {
	isIndex := func(key string) bool { _, ok := arrayIndex(key); return ok }
	if !slices.ContainsFunc(v.keys, isIndex) {
		return
	}
	order := make([]int, len(v.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		first, firstIs := arrayIndex(v.keys[a])
		second, secondIs := arrayIndex(v.keys[b])
		switch {
		case firstIs && secondIs:
			return cmp.Compare(first, second)
		case firstIs:
			return -1
		case secondIs:
			return 1
		default:
			return 0
		}
	})
	keys, items := v.keys, v.items
	v.keys, v.items = make([]string, len(order)), make([]Value, len(order))
	for i, from := range order {
		v.keys[i], v.items[i] = keys[from], items[from]
	}
}

// arrayIndex is the number of a key that is the canonical text of one below 2³²-1.
func arrayIndex(key string) (uint32, bool) {
	if key == "" || key[0] < '0' || key[0] > '9' || key[0] == '0' && len(key) > 1 {
		return 0, false
	}
	number, err := strconv.ParseUint(key, 10, 32)
	return uint32(number), err == nil && number < math.MaxUint32
}

// UTF16Len is the length of a text in JavaScript: its UTF-16 code units.
func UTF16Len(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
