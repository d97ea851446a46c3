import { digits } from './random.ts';
import { failure, json, type Reply } from './reply.ts';

interface BatchedRequest {
  readonly custom_id: string;
  readonly model: string;
}

interface Batch {
  readonly id: string;
  readonly createdAt: number;
  readonly requests: readonly BatchedRequest[];
  canceled: boolean;
}

/** A question about batches: the method, the path after `/v1/messages/batches`, and the parsed body. */
export interface BatchQuestion {
  readonly method: string;
  readonly rest: string;
  readonly body: unknown;
  readonly now: number;
}

const BASE = '/v1/messages/batches';
const DAY_MS = 86_400_000;

const describe = ({ id, createdAt, requests, canceled }: Batch) => ({
  id,
  type: 'message_batch',
  processing_status: 'ended',
  request_counts: {
    processing: 0,
    succeeded: canceled ? 0 : requests.length,
    errored: 0,
    canceled: canceled ? requests.length : 0,
    expired: 0,
  },
  created_at: new Date(createdAt).toISOString(),
  expires_at: new Date(createdAt + DAY_MS).toISOString(),
  results_url: `${BASE}/${id}/results`,
});

const resultOf = ({ custom_id, model }: BatchedRequest): string =>
  JSON.stringify({
    custom_id,
    result: {
      type: 'succeeded',
      message: {
        type: 'message',
        role: 'assistant',
        model,
        content: [{ type: 'text', text: 'the tide' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 100, output_tokens: 20, service_tier: 'batch' },
      },
    },
  });

const requestsIn = (body: unknown): readonly BatchedRequest[] => {
  const { requests } = body as { requests?: readonly { custom_id?: unknown; params?: { model?: unknown } }[] };
  return (requests ?? []).map(({ custom_id, params }) => ({
    custom_id: String(custom_id),
    model: String(params?.model),
  }));
};

/** The most batches that are kept. */
const MAX_BATCHES = 100;

/** Batches that have ended as soon as they are looked at. */
export class Batches {
  readonly #seed: number;
  readonly #batches = new Map<string, Batch>();
  #created = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Answers a question. */
  answer(question: BatchQuestion): Reply {
    const [, id = '', verb = ''] = question.rest.split('/');
    if (id === '') return question.method === 'POST' ? this.#create(question) : this.#list();
    const batch = this.#batches.get(id);
    if (batch === undefined) return failure(404, `no batch '${id}'`);
    return this.#answerFor(batch, `${question.method} ${verb}`);
  }

  #answerFor(batch: Batch, what: string): Reply {
    switch (what) {
      case 'GET results':
        return {
          status: 200,
          contentType: 'application/x-jsonl',
          body: batch.canceled ? '' : `${batch.requests.map(resultOf).join('\n')}\n`,
        };
      case 'POST cancel':
        batch.canceled = true;
        return json({ ...describe(batch), processing_status: 'canceling' });
      case 'DELETE ':
        this.#batches.delete(batch.id);
        return json({ id: batch.id, type: 'message_batch_deleted' });
      case 'GET ':
        return json(describe(batch));
      default:
        return failure(405, `no such method here: ${what}`);
    }
  }

  #create({ body, now }: BatchQuestion): Reply {
    this.#created += 1;
    const id = `msgbatch_${digits(this.#seed, 'batch', this.#created)}`;
    const batch: Batch = { id, createdAt: now, requests: requestsIn(body), canceled: false };
    const oldest = this.#batches.keys().next().value;
    if (this.#batches.size >= MAX_BATCHES && oldest !== undefined) this.#batches.delete(oldest);
    this.#batches.set(id, batch);
    return json({ ...describe(batch), processing_status: 'in_progress', results_url: null });
  }

  #list(): Reply {
    const data = [...this.#batches.values()].map(describe);
    return json({ data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
  }
}
