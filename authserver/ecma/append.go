package ecma

import (
	"math"
	"strconv"
	"time"
)

const hexDigits = "0123456789abcdef"

// AppendString appends text as a JSON string with the escapes of JSON.stringify: no HTML escaping.
func AppendString(dst []byte, text string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := range len(text) {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}

// AppendNumber appends a number as JavaScript's String(n) has it; JSON.stringify's null for NaN and infinities.
func AppendNumber(dst []byte, n float64) []byte {
	switch size := math.Abs(n); {
	case math.IsNaN(n) || math.IsInf(n, 0):
		return append(dst, "null"...)
	case n == 0:
		return append(dst, '0')
	case size < 1e-6 || size >= 1e21:
		dst = strconv.AppendFloat(dst, n, 'e', -1, 64)
		// Go writes at least two digits of exponent, JavaScript one.
		if end := len(dst); dst[end-4] == 'e' && dst[end-2] == '0' {
			dst = append(dst[:end-2], dst[end-1])
		}
		return dst
	default:
		return strconv.AppendFloat(dst, n, 'f', -1, 64)
	}
}

// AppendTime appends a moment in the only form that clients accept: "2006-01-02T15:04:05.000Z".
func AppendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, '"')
	dst = appendISO(dst, t.UTC())
	return append(dst, '"')
}

func appendISO(dst []byte, t time.Time) []byte {
	year := t.Year()
	if year >= 0 && year <= 9999 {
		return t.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	}
	sign := byte('+')
	if year < 0 {
		sign, year = '-', -year
	}
	dst = append(dst, sign)
	for unit := 100000; unit > 0; unit /= 10 {
		dst = append(dst, byte('0'+year/unit%10))
	}
	return t.AppendFormat(dst, "-01-02T15:04:05.000Z")
}

// Append appends the value as JSON.stringify writes it; Undefined as null.
func Append(dst []byte, v Value) []byte {
	switch v.kind {
	case Boolean:
		return strconv.AppendBool(dst, v.truth)
	case Number:
		return AppendNumber(dst, v.num)
	case String:
		return AppendString(dst, v.text)
	case Array:
		dst = append(dst, '[')
		for i, item := range v.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = Append(dst, item)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, key := range v.keys {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, key), ':')
			dst = Append(dst, v.items[i])
		}
		return append(dst, '}')
	default:
		return append(dst, "null"...)
	}
}
