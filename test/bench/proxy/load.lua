wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["x-api-key"] = "sk-ant-api03-benchmark"
wrk.headers["anthropic-version"] = "2023-06-01"
wrk.headers["x-claude-code-session-id"] = "bench"
local head = '{"model":"claude-sonnet-4-5","max_tokens":1024,"messages":[{"role":"user","content":"'
local tail = '"}]}'
wrk.body = head .. string.rep("x", 1024 - #head - #tail) .. tail

-- The peer gateway is told by headers where its upstream is.
local peer = os.getenv("BENCH_PEER_UPSTREAM")
if peer then
  wrk.headers["x-portkey-provider"] = "anthropic"
  wrk.headers["x-portkey-custom-host"] = peer .. "/v1"
end

done = function(summary, latency, requests)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"perSecond":%.1f,"p50Ms":%.4f,"p99Ms":%.4f,"failures":%d}\n',
    summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000, failures))
end
