const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

/** The events of a short answer, in their order. */
export const MESSAGE_EVENTS: readonly string[] = [
  event('message_start', {
    message: { model: 'claude-opus-4-5', usage: { input_tokens: 11, output_tokens: 1, cache_read_input_tokens: 5 } },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello' } }),
  event('content_block_stop', { index: 0 }),
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 42 } }),
  event('message_stop', {}),
];

/** The event that ends a stream with an error. */
export const ERROR_EVENT = `event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n`;
