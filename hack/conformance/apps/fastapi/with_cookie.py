"""A FastAPI back end that asks Gatehouse whose cookie a request carries."""

import os

import httpx
from fastapi import FastAPI, HTTPException, Request

AUTH_URL = os.environ.get("AUTH_URL", "http://localhost:3001")

app = FastAPI()


async def validate_session(cookie_header: str):
    """Validate session via the auth service"""
    async with httpx.AsyncClient() as client:
        response = await client.get(
            AUTH_URL + "/api/validate-session",
            headers={"Cookie": cookie_header}
        )
        return response.json()


@app.get("/api/protected")
async def protected_route(request: Request):
    cookie_header = request.headers.get("cookie", "")
    session_data = await validate_session(cookie_header)

    if not session_data.get("user"):
        raise HTTPException(status_code=401, detail="Unauthorized")

    return {
        "message": "Protected data",
        "user": session_data["user"]
    }
