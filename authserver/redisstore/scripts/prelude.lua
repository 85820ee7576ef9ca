-- Functions that the scripts of this folder share; they come before each.

-- text is the value of a key, nil when there is none or it is no string.
local function text(key)
  local value = redis.pcall('GET', key)
  if type(value) == 'string' then return value end
end

-- object is the value of a key as a table, nil when it is no JSON array or object.
local function object(key)
  local ok, value = pcall(cjson.decode, text(key) or '')
  if ok and type(value) == 'table' then return value end
end

-- owner is the user of the session in a value, nil when the value is no session.
local function owner(value)
  local ok, record = pcall(cjson.decode, value or '')
  if not ok or type(record) ~= 'table' or type(record.session) ~= 'table' then return end
  if type(record.session.userId) == 'string' then return record.session.userId end
end

-- references are the sessions of a user that have not ended, but the one of a token.
local function references(list, now, except)
  local kept = {}
  for _, entry in ipairs(object(list) or {}) do
    if type(entry) == 'table' and type(entry.token) == 'string' and type(entry.expiresAt) == 'number'
      and entry.expiresAt > now and entry.token ~= except then
      kept[#kept + 1] = entry
    end
  end
  return kept
end

-- keep stores the references, by their end, for as long as the last one lives.
local function keep(list, kept, now)
  table.sort(kept, function(a, b) return a.expiresAt < b.expiresAt end)
  local seconds = #kept > 0 and math.floor((kept[#kept].expiresAt - now) / 1000) or 0
  if seconds <= 0 then
    redis.call('DEL', list)
    return
  end
  local items = {}
  for i, entry in ipairs(kept) do
    items[i] = string.format('{"token":%s,"expiresAt":%.0f}', cjson.encode(entry.token), entry.expiresAt)
  end
  redis.call('SET', list, '[' .. table.concat(items, ',') .. ']', 'EX', seconds)
end

-- revoked says whether a session that began at a moment is one that was revoked with all others of its user.
local function revoked(marker, createdAt)
  local before = tonumber(text(marker) or '')
  return before ~= nil and createdAt < before
end
