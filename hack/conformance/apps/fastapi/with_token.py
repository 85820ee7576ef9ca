"""A FastAPI back end that verifies the tokens of GET /api/auth/jwt by itself."""

import os

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException

JWT_SECRET = os.getenv("JWT_SECRET")

app = FastAPI()


def verify_jwt(token: str):
    try:
        payload = jwt.decode(
            token,
            JWT_SECRET,
            algorithms=["HS256"],
            issuer="better-auth"
        )
        return payload  # { sub: userId, email, name }
    except jwt.InvalidTokenError:
        return None


# Use in FastAPI dependency
def require_auth(authorization: str = Header(None)):
    if not authorization or not authorization.startswith("Bearer "):
        raise HTTPException(401, "No token provided")

    token = authorization[7:]
    payload = verify_jwt(token)

    if not payload:
        raise HTTPException(401, "Invalid token")

    return payload


@app.get("/api/protected")
async def protected(user=Depends(require_auth)):
    return {"user": user}
