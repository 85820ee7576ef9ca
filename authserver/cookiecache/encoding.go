package cookiecache

import "encoding/base64"

// encoding is that of all forms.
var encoding = base64.RawURLEncoding.Strict()

// decode takes one text for each value: the decoder itself would pass over line breaks.
func decode(text string) ([]byte, bool) {
	data, err := encoding.DecodeString(text)
	return data, err == nil && len(text) == encoding.EncodedLen(len(data))
}
