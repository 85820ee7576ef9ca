// Command go is a back end with a route for users and one for administrators. Only middleware.go is about Gatehouse.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	gatehouse := Gatehouse{URL: os.Getenv("AUTH_URL"), Client: &http.Client{Timeout: 5 * time.Second}}
	mux := http.NewServeMux()
	mux.Handle("GET /api/protected", gatehouse.RequireUser(http.HandlerFunc(protected)))
	mux.Handle("GET /admin/", gatehouse.RequireRole(http.HandlerFunc(protected), "admin"))

	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.Serve(listener))
}

func protected(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string]any{"message": "Protected data", "user": UserOf(r)}); err != nil {
		log.Print(err)
	}
}
