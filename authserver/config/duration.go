package config

import (
	"encoding/json"
	"fmt"
	"time"
)

// Duration is a time.Duration that files write as text, such as 15m or 168h.
type Duration struct{ time.Duration }

// MarshalJSON writes the text form.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads the text form and nothing else.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("%s is not a duration; write it as text, such as \"15m\" or \"168h\"", data)
	}
	value, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is not a duration; write it as text, such as \"15m\" or \"168h\"", text)
	}
	d.Duration = value
	return nil
}
