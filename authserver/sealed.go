package authserver

// Sealed is an encrypted text in a row.
type Sealed struct {
	// ID is that of the row.
	ID string
	// Column is where in the row; "" where a row has one such text.
	Column string
	Text   string
}

// Resealed is a text that takes the place of another one, if that is still there.
type Resealed struct {
	Sealed
	New string
}
