package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connections is the pool of the servers that are measured.
const connections = 10

// statement is prepared at its first use on a connection, by pgx.
const statement = `SELECT s."expiresAt", s.token, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent", s."userId", s.id,
	u.name, u.email, u."emailVerified", u.image, u."createdAt", u."updatedAt", u.id
	FROM session s JOIN "user" u ON u.id = s."userId" WHERE s.token = $1`

type answer struct {
	Session session `json:"session"`
	User    user    `json:"user"`
}

type session struct {
	ExpiresAt moment  `json:"expiresAt"`
	Token     string  `json:"token"`
	CreatedAt moment  `json:"createdAt"`
	UpdatedAt moment  `json:"updatedAt"`
	IPAddress *string `json:"ipAddress"`
	UserAgent *string `json:"userAgent"`
	UserID    string  `json:"userId"`
	ID        string  `json:"id"`
}

type user struct {
	Name          string  `json:"name"`
	Email         string  `json:"email"`
	EmailVerified bool    `json:"emailVerified"`
	Image         *string `json:"image"`
	CreatedAt     moment  `json:"createdAt"`
	UpdatedAt     moment  `json:"updatedAt"`
	ID            string  `json:"id"`
}

// moment is written as JavaScript writes it.
type moment time.Time

// MarshalText is what encoding/json calls.
func (m moment) MarshalText() ([]byte, error) { //nolint:unparam // encoding/json asks for an error
	return time.Time(m).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z"), nil
}

func serve(ctx context.Context, database, address string) error {
	config, err := pgxpool.ParseConfig(database)
	if err != nil {
		return errors.New("DATABASE_URL is no URL of a PostgreSQL database")
	}
	config.MaxConns = connections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/auth/ok", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"ok":true}`)) })
	mux.Handle("GET /api/auth/get-session", getSession(pool))
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func getSession(pool *pgxpool.Pool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		found, err := read(r, pool)
		switch {
		case errors.Is(err, pgx.ErrNoRows), errors.Is(err, http.ErrNoCookie):
			http.Error(w, "null", http.StatusUnauthorized)
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		default:
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(found)
		}
	}
}

func read(r *http.Request, pool *pgxpool.Pool) (answer, error) {
	cookie, err := r.Cookie("better-auth.session_token")
	if err != nil {
		return answer{}, err
	}
	value, err := url.PathUnescape(cookie.Value)
	if err != nil {
		return answer{}, err
	}
	token, _, _ := strings.Cut(value, ".")
	var found answer
	s, u := &found.Session, &found.User
	err = pool.QueryRow(r.Context(), statement, token).Scan(
		(*time.Time)(&s.ExpiresAt), &s.Token, (*time.Time)(&s.CreatedAt), (*time.Time)(&s.UpdatedAt), &s.IPAddress, &s.UserAgent, &s.UserID, &s.ID,
		&u.Name, &u.Email, &u.EmailVerified, &u.Image, (*time.Time)(&u.CreatedAt), (*time.Time)(&u.UpdatedAt), &u.ID)
	return found, err
}
