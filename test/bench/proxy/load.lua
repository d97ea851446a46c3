-- Sends messages as Claude Code does: twenty people, each with a token, an account and a session of their own. The
-- argument `stream` asks for streams. BENCH_PEER_UPSTREAM is the upstream of a peer gateway.
local PEOPLE = 20
local BODY_BYTES = 4096

local function uuid(group, number)
  return string.format("%08x-0000-4000-8000-%012x", group, number)
end

local function body(person, stream)
  local head = '{"model":"claude-sonnet-4-5-20250929","max_tokens":32000,"system":[{"type":"text","text":"You are Claude Code.",'
    .. '"cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"'
  local user = string.format('{\\"device_id\\":\\"%064x\\",\\"account_uuid\\":\\"%s\\",\\"session_id\\":\\"%s\\"}',
    person, uuid(1, person), uuid(2, person))
  local tail = '"}]}],"metadata":{"user_id":"' .. user .. '"},"stream":' .. stream .. '}'
  local line = 'const tide = \\"high\\";\\n    return { level: tide, at: 12.5 };\\n'
  local text = string.rep(line, math.floor((BODY_BYTES - #head - #tail) / #line))
  return head .. text .. string.rep(".", BODY_BYTES - #head - #tail - #text) .. tail
end

local function headers(person)
  local all = {
    ["accept"] = "application/json",
    ["content-type"] = "application/json",
    ["authorization"] = string.format("Bearer sk-ant-oat01-benchmark-%012d", person),
    ["anthropic-version"] = "2023-06-01",
    ["anthropic-beta"] = "oauth-2025-04-20,claude-code-20250219,interleaved-thinking-2025-05-14",
    ["user-agent"] = "claude-cli/2.1.86 (external, cli)",
    ["x-app"] = "cli",
    ["x-claude-code-session-id"] = uuid(2, person),
    ["x-stainless-arch"] = "x64",
    ["x-stainless-lang"] = "js",
    ["x-stainless-os"] = "Linux",
    ["x-stainless-package-version"] = "0.80.0",
    ["x-stainless-retry-count"] = "0",
    ["x-stainless-runtime"] = "node",
    ["x-stainless-timeout"] = "600",
  }
  local peer = os.getenv("BENCH_PEER_UPSTREAM")
  if peer then
    all["x-portkey-provider"] = "anthropic"
    all["x-portkey-custom-host"] = peer .. "/v1"
  end
  return all
end

local requests = {}
local sent = 0

function init(args)
  local stream = args[1] == "stream" and "true" or "false"
  for person = 1, PEOPLE do
    requests[person] = wrk.format("POST", wrk.path, headers(person), body(person, stream))
  end
end

function request()
  sent = sent + 1
  return requests[sent % PEOPLE + 1]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"perSecond":%.1f,"p50Ms":%.4f,"p99Ms":%.4f,"failures":'
    .. '{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
