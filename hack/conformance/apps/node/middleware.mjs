// Express middleware that asks Gatehouse whose cookie a request carries.

const authURL = process.env.AUTH_URL ?? "http://localhost:3001";

// getSessionFromRequest is the user and the session of a request's cookie, both null for nobody.
export async function getSessionFromRequest(req) {
  const response = await fetch(`${authURL}/api/validate-session`, {
    headers: { cookie: req.headers.cookie ?? "" },
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) {
    throw new Error(`the auth service answers ${response.status}`);
  }
  return response.json();
}

// sessionMiddleware sets req.user and req.session; the route decides what nobody may do.
export async function sessionMiddleware(req, res, next) {
  const { user, session } = await getSessionFromRequest(req);
  req.user = user;
  req.session = session;
  next();
}

export function requireRole(allowedRoles) {
  return async (req, res, next) => {
    const { user } = await getSessionFromRequest(req);

    if (!user || !allowedRoles.includes(user.role)) {
      return res.status(403).json({ error: "Forbidden" });
    }

    next();
  };
}
