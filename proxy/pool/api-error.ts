import { z } from 'zod';
import type { ApiError } from '../usage/report.ts';

const errorBody = z.object({ error: z.object({ type: z.string(), message: z.string() }) });

/** The error in a parsed body of the API; null where it has none. @see https://platform.claude.com/docs/en/api/errors */
export const apiErrorOf = (body: unknown): ApiError | null => errorBody.safeParse(body).data?.error ?? null;
