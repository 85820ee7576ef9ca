// An Express back end with a route for users and one for administrators.

import express from "express";

import { requireRole, sessionMiddleware } from "./middleware.mjs";

const app = express();

app.get("/api/protected", sessionMiddleware, (req, res) => {
  if (!req.user) {
    return res.status(401).json({ error: "Unauthorized" });
  }

  res.json({
    message: "Protected data",
    user: req.user,
  });
});

const adminRoutes = (req, res) => res.json({ message: "Administration" });

// Admin-only route; Express 4 writes it "/admin/*".
app.get("/admin/{*path}", requireRole(["admin"]), adminRoutes);

const server = app.listen(Number(process.env.PORT ?? 4000), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
