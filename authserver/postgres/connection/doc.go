// Package connection says how the connections of servers to PostgreSQL begin. It is apart from package postgres, so that a
// migration can try out what the servers will do.
//
// A pooler in transaction mode hands each transaction to another backend. Through one, a connection has no prepared
// statements and no settings but those that every pooler carries along. The types of a statement are asked for once in a round
// trip of their own and kept on this side, so that values travel in the binary form of their columns, as without a pooler; to
// send text of guessed types instead (QueryExecModeExec) made get-session take 0.26 ms where it takes 0.15 ms.
package connection
